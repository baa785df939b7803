import { admission } from './faults/admission';
import { badNode } from './faults/bad-node';
import { cannotStart } from './faults/cannot-start';
import { certificate } from './faults/certificate';
import { claimPending } from './faults/claim-pending';
import { crashLoop } from './faults/crash-loop';
import { disconnected } from './faults/disconnected';
import { failedTask } from './faults/failed-task';
import { failingProbe } from './faults/failing-probe';
import { gatewayNotProgrammed, routeNotAccepted } from './faults/gateway';
import { heldBack } from './faults/held-back';
import { imagePull } from './faults/image-pull';
import { linkClosed } from './faults/link-closed';
import { linkRefused } from './faults/link-refused';
import { missingSecret } from './faults/missing-secret';
import { noDns } from './faults/no-dns';
import { noEntry } from './faults/no-entry';
import { noMetrics } from './faults/no-metrics';
import { noPermission } from './faults/no-permission';
import { noSpace } from './faults/no-space';
import { notReady } from './faults/not-ready';
import { notThere } from './faults/not-there';
import { outOfMemory } from './faults/out-of-memory';
import { passwordRefused } from './faults/password-refused';
import { portTaken } from './faults/port-taken';
import { quota } from './faults/quota';
import { serviceFindsNothing } from './faults/service-finds-nothing';
import { terminating } from './faults/terminating';
import { unschedulable } from './faults/unschedulable';
import type { Fault } from './finding';

/** Every kind of fault. Of two symptoms of one component the one that stands first is said. */
export const FAULTS: readonly Fault[] = [
  badNode,
  notThere,
  missingSecret,
  quota,
  admission,
  claimPending,
  unschedulable,
  heldBack,
  terminating,
  imagePull,
  cannotStart,
  portTaken,
  outOfMemory,
  noSpace,
  noPermission,
  passwordRefused,
  disconnected,
  serviceFindsNothing,
  noDns,
  linkClosed,
  failedTask,
  crashLoop,
  failingProbe,
  linkRefused,
  notReady,
  noMetrics,
  noEntry,
  gatewayNotProgrammed,
  routeNotAccepted,
  certificate,
];
