import type { Check, CheckText } from './check';
import { missingField, unknownApi, unknownField, unknownValue, unservedField, wrongType } from './fields';
import { missingPort, missingReference, noPods, rootForbidden } from './references';
import { access } from './rules/access';
import { config } from './rules/config';
import { containers, uniqueNames, uniqueVariables } from './rules/containers';
import { environment } from './rules/environment';
import { guardRails, podSecurityLabels } from './rules/guard-rails';
import { jobs } from './rules/jobs';
import { labels } from './rules/labels';
import { names } from './rules/names';
import { ingresses, networkPolicies, services } from './rules/networking';
import { numbers } from './rules/numbers';
import { pods } from './rules/pods';
import { probes } from './rules/probes';
import { quotaScopes } from './rules/quota-scopes';
import { resources } from './rules/resources';
import { autoscalers, budgets } from './rules/scaling';
import { schedules } from './rules/schedules';
import { claims } from './rules/storage';
import { texts } from './rules/texts';
import { volumes } from './rules/volumes';
import { restartPolicies, rollouts, selectors } from './rules/workloads';

/** The checks on values, by what they are about. */
export const CHECKS: readonly Check[] = [
  labels,
  names,
  texts,
  numbers,
  selectors,
  restartPolicies,
  rollouts,
  jobs,
  schedules,
  pods,
  containers,
  uniqueNames,
  uniqueVariables,
  probes,
  environment,
  resources,
  volumes,
  claims,
  services,
  ingresses,
  networkPolicies,
  autoscalers,
  budgets,
  config,
  guardRails,
  quotaScopes,
  podSecurityLabels,
  access,
];

/** Every check of this proof, with its text. */
export const ADMISSION_CHECKS: readonly CheckText[] = [
  ...[unknownApi, unknownField, unservedField, wrongType, missingField, unknownValue],
  ...CHECKS,
  ...[missingReference, missingPort, noPods, rootForbidden],
];
