import type { PolicyRule } from './policy-rule';
import { celList } from './policy-rule';

/** What the rules about pods have to know of the model. */
export interface PodFacts {
  /** Components that may write to their root file system. */
  readonly writable: readonly string[];
}

/** A condition on every container `c`, and the names of those that break it. */
function everyContainer(condition: string): Pick<PolicyRule, 'expression' | 'which'> {
  return {
    expression: `variables.containers.all(c, ${condition})`,
    which: `variables.containers.filter(c, !(${condition})).map(c, c.name).join(", ")`,
  };
}

const CONTEXT = 'c.?securityContext';

const UNPRIVILEGED = [
  `${CONTEXT}.?allowPrivilegeEscalation.orValue(true) == false`,
  `${CONTEXT}.?privileged.orValue(false) == false`,
  `${CONTEXT}.?runAsNonRoot.orValue(true) == true`,
  `${CONTEXT}.?capabilities.?drop.orValue([]).exists(d, d == "ALL")`,
  `${CONTEXT}.?capabilities.?add.orValue([]).size() == 0`,
].join(' && ');

const BOUNDED = [
  'c.?resources.?requests["cpu"].hasValue()',
  'c.?resources.?requests["memory"].hasValue()',
  'c.?resources.?limits["cpu"].hasValue()',
  'c.?resources.?limits["memory"].hasValue()',
]
  .map((one) => one.replace(/requests\["(\w+)"\]/, 'requests[?"$1"]').replace(/limits\["(\w+)"\]/, 'limits[?"$1"]'))
  .join(' && ');

/**
 * What holds for every pod of ours.
 * @param pod CEL of the pod's spec
 */
export function podRules(pod: string, { writable }: PodFacts): PolicyRule[] {
  return [
    {
      code: 'TARS6650',
      ...everyContainer(UNPRIVILEGED),
      what: 'a container gets privileges, or may become root',
      remedy: 'leave securityContext as it was made',
    },
    {
      code: 'TARS6650',
      expression: [
        `${pod}.?securityContext.?runAsNonRoot.orValue(false) == true`,
        `${pod}.?hostNetwork.orValue(false) == false`,
        `${pod}.?hostPID.orValue(false) == false`,
        `${pod}.?hostIPC.orValue(false) == false`,
        `${pod}.?volumes.orValue([]).all(v, !has(v.hostPath))`,
      ].join(' && '),
      what: 'the pod may become root, or shares something with its node',
      remedy: 'leave securityContext and the host fields as they were made',
    },
    {
      code: 'TARS6651',
      ...everyContainer(
        `${CONTEXT}.?readOnlyRootFilesystem.orValue(false) == true || object.metadata.?labels[?"component"].orValue("") in ${celList(writable)}`,
      ),
      what: 'a root file system becomes writable',
      remedy: 'mount an emptyDir where files are written, or say runAs.readOnlyRoot: false in main.ts',
    },
    {
      code: 'TARS6652',
      ...everyContainer(BOUNDED),
      what: 'a container lacks requests or limits of CPU or memory, which the capacity proof counts',
      remedy: 'state all four, in main.ts: resources',
    },
    {
      code: 'TARS6653',
      ...everyContainer('c.image.matches("^.+(:[^/:]+|@sha256:[0-9a-f]{64})$") && !c.image.endsWith(":latest")'),
      what: 'an image has no exact tag, so tomorrow it may be another one',
      remedy: 'name a version or a digest',
    },
    {
      code: 'TARS6656',
      expression: `${pod}.?automountServiceAccountToken.orValue(true) == false`,
      what: "the pod would get a token of the cluster's API",
      remedy: 'leave automountServiceAccountToken: false',
    },
  ];
}

/** Labels that policies, Services and selectors go by. */
export const KEPT_LABELS = ['app', 'component', 'app.kubernetes.io/part-of', 'app.kubernetes.io/managed-by'] as const;

/** An object keeps the labels that it was made with. */
export const labelsStay: PolicyRule = {
  code: 'TARS6655',
  expression: `oldObject == null || ${celList(KEPT_LABELS)}.all(l, !oldObject.metadata.?labels[?l].hasValue() || object.metadata.?labels[?l] == oldObject.metadata.?labels[?l])`,
  what: 'it loses a label by which policies and Services know it',
  remedy: 'leave app, component and app.kubernetes.io/* as they are; another name is another service, in main.ts',
};
