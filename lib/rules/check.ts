import type { Issue } from '../model/issues';
import { sortIssues } from '../model/issues';
import type { SystemModel } from '../model/system-model';
import { balancingAgrees } from './balancing-agrees';
import { balancingFidelity } from './balancing-fidelity';
import { connectionsSuffice } from './connections-suffice';
import { costlyStorage } from './costly-storage';
import { featuresExist } from './features-exist';
import { imagesReachNodes } from './images-reach-nodes';
import { linksResolve } from './links-resolve';
import { namesAreUnique } from './names-are-unique';
import { noWaitCycles } from './no-wait-cycles';
import { portsAreFree } from './ports-are-free';
import { profilesMatch } from './profiles-match';
import { quotaSuffices } from './quota-suffices';
import { routesAreUnique } from './routes-are-unique';
import type { Rule } from './rule';
import { scalingFidelity } from './scaling-fidelity';
import { tlsIsMade } from './tls-is-made';
import { waitsHaveChecks } from './waits-have-checks';

/** All rules; the order does not matter, issues are sorted. */
export const RULES: readonly Rule[] = [
  balancingAgrees,
  balancingFidelity,
  connectionsSuffice,
  costlyStorage,
  featuresExist,
  imagesReachNodes,
  linksResolve,
  namesAreUnique,
  noWaitCycles,
  portsAreFree,
  profilesMatch,
  quotaSuffices,
  routesAreUnique,
  scalingFidelity,
  tlsIsMade,
  waitsHaveChecks,
];

/** Everything that is wrong with, or worth saying about, a system: its constructs' issues and the rules'. */
export function check(model: SystemModel): Issue[] {
  return sortIssues([...model.issues, ...RULES.flatMap((rule) => rule.check(model))]);
}
