import type { Issue } from '../../model/issues';
import { parseKubernetesMinor } from '../../model/versions';
import type { EmittedSet, JsonObject } from '../emitted';
import { containersOf, podTemplatesOf } from '../pods';
import type { Proof } from '../proof';
import { textOf } from '../read';
import { TemplateIndex } from '../template-index';
import type { SecurityCheck, SecuritySubject } from './check';
import { exactTags, probePorts, probesDiffer, readOnlyRoot, resourcesSaid } from './rules/container-rules';
import {
  budgets,
  limitRangeComplete,
  namespaceEnforces,
  noTtlInCronJobs,
  noWildcards,
  startingDeadline,
} from './rules/object-rules';
import { noServiceLinks, ownAccount, replicasApart, tokenNotMounted } from './rules/pod-rules';
import { podSecurityStandard } from './rules/pod-security-standard';
import { secretLiterals } from './rules/secret-literals';

/** Every check of this proof. */
export const SECURITY_CHECKS: readonly SecurityCheck[] = [
  podSecurityStandard,
  secretLiterals,
  readOnlyRoot,
  resourcesSaid,
  exactTags,
  probesDiffer,
  probePorts,
  tokenNotMounted,
  noServiceLinks,
  ownAccount,
  replicasApart,
  startingDeadline,
  noTtlInCronJobs,
  budgets,
  noWildcards,
  limitRangeComplete,
  namespaceEnforces,
];

/** Pod Security restricted, no secret in the open, and what the linters of the field ask for. */
export const security: Proof = {
  name: 'security',
  summary: 'every pod is restricted, no secret stands in the open, and hardening is complete',
  prove: ({ emitted }) => securityIssues(emitted),
};

/** What of the set is not as safe as it could be. */
export function securityIssues(emitted: EmittedSet): Issue[] {
  const templates = podTemplatesOf(emitted);
  const byKind = new Map<string, JsonObject[]>();
  for (const { object } of emitted.manifests) {
    const kind = textOf(object['kind']) ?? '';
    const list = byKind.get(kind);
    if (list === undefined) byKind.set(kind, [object]);
    else list.push(object);
  }
  const subject: SecuritySubject = {
    emitted,
    templates,
    pods: new TemplateIndex(templates),
    ofKind: (kind) => byKind.get(kind) ?? [],
    minor: parseKubernetesMinor(emitted.kubernetesVersion) ?? Infinity,
    containers: templates.flatMap((template) => containersOf(template).map((one) => ({ ...one, template }))),
  };
  return SECURITY_CHECKS.flatMap(({ code, severity, remedy, find }) =>
    find(subject).map((finding): Issue => ({ code, severity, remedy, ...finding })),
  );
}
