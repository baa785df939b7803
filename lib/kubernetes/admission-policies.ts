import type { GuardRailsSpec } from '../model/settings';
import type { SystemModel } from '../model/system-model';
import type { PodFacts } from './admission/pod-rules';
import { labelsStay, podRules } from './admission/pod-rules';
import type { PolicyRule, PolicySpec } from './admission/policy-rule';
import { celList, celText } from './admission/policy-rule';
import { factsOf, podFactsOf, overriddenComponents } from './admission/facts';
import { commonPolicies, networkPolicies, REPLICAS, secretRule } from './admission/system-rules';
import { FACTS_COMPONENT } from './apply-order';
import { systemLabels } from './labels';
import type { ModelSource, ObjectSpec } from './object-spec';

/** Whose admission policies they are. */
export type AdmissionOwner = Pick<GuardRailsSpec, 'prefix' | 'namespace'>;

const GROUP = 'admissionregistration.k8s.io';

/** Controllers and nodes act on what was admitted already; whoever edits is somebody else. */
const BY_SOMEBODY = [
  'request.userInfo.username != "system:kube-controller-manager"',
  '!request.userInfo.username.startsWith("system:serviceaccount:kube-system:")',
  '!request.userInfo.username.startsWith("system:node:")',
].join(' && ');

/**
 * The rules that can be said in CEL, as policies of the API server for one namespace, and the facts of
 * the model that they read. So a later edit that breaks a proof is refused.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
export function admissionObjects(owner: AdmissionOwner, model: ModelSource): ObjectSpec[] {
  const own = (): SystemModel['services'] => model().services.filter((s) => s.namespace === owner.namespace);
  const names = policiesOf(owner.prefix, { writable: [] }, []).map(({ name }) => name);
  const specOf = (name: string): PolicySpec | undefined => {
    const services = own();
    return policiesOf(owner.prefix, podFactsOf(services), overriddenComponents(services)).find((p) => p.name === name);
  };
  return [
    {
      id: 'facts',
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: factsName(owner),
      labels: { ...systemLabels(owner.prefix), 'app.kubernetes.io/component': FACTS_COMPONENT },
      fields: { data: () => factsOf(model(), own(), owner.prefix) },
    },
    ...names.flatMap((name) => policyAndBinding(owner, name, () => specOf(name))),
  ];
}

function factsName({ prefix }: AdmissionOwner): string {
  return `${prefix}-admission-facts`;
}

function policyAndBinding(owner: AdmissionOwner, name: string, spec: () => PolicySpec | undefined): ObjectSpec[] {
  // Two systems of one name may live in two namespaces of a cluster, and these names are the cluster's.
  const full = [name, owner.prefix, owner.namespace].filter((part) => part !== undefined && part !== '').join('.');
  const common = { name: full, labels: systemLabels(owner.prefix), namespaced: false, apiVersion: `${GROUP}/v1` };
  return [
    {
      ...common,
      id: `policy-${name}`,
      kind: 'ValidatingAdmissionPolicy',
      fields: { spec: () => policySpec(spec()) },
    },
    {
      ...common,
      id: `binding-${name}`,
      kind: 'ValidatingAdmissionPolicyBinding',
      fields: {
        spec: () => ({
          policyName: full,
          validationActions: ['Deny'],
          ...(spec()?.readsFacts === true
            ? {
                // Where the facts are not there yet, nothing can be held against them.
                paramRef: {
                  name: factsName(owner),
                  namespace: owner.namespace ?? 'default',
                  parameterNotFoundAction: 'Allow',
                },
              }
            : {}),
          matchResources: {
            matchPolicy: 'Equivalent',
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': owner.namespace ?? 'default' } },
            objectSelector: {},
          },
        }),
      },
    },
  ];
}

function policySpec(spec: PolicySpec | undefined): object {
  if (spec === undefined) return {};
  const { resources, operations = ['CREATE', 'UPDATE'], labels, readsFacts, conditions = [], variables, rules } = spec;
  return {
    failurePolicy: 'Fail',
    ...(readsFacts === true ? { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } } : {}),
    matchConstraints: {
      matchPolicy: 'Equivalent',
      namespaceSelector: {},
      objectSelector: labels === undefined ? {} : { matchLabels: labels },
      resourceRules: resources.map(({ group, version, resources: names }) => ({
        apiGroups: [group],
        apiVersions: [version],
        operations,
        resources: names,
        scope: '*',
      })),
    },
    matchConditions: [{ name: 'by-somebody', expression: BY_SOMEBODY }, ...conditions],
    ...(variables === undefined ? {} : { variables }),
    validations: rules.map(validation),
  };
}

/** A refusal says the code, the object, what does not hold, and what to do instead. */
function validation({ code, expression, what, which, remedy }: PolicyRule): object {
  const more = which === undefined ? '' : ` + " (" + ${which} + ")"`;
  return {
    expression,
    message: `${code}: ${what}; ${remedy}`,
    messageExpression: `${celText(`${code} `)} + object.kind + "/" + object.metadata.name + ${celText(`: ${what}`)}${more} + ${celText(`; ${remedy}`)}`,
    reason: 'Forbidden',
  };
}

/** All policies of a system. Their number never depends on the model, only what they say. */
function policiesOf(prefix: string, facts: PodFacts, overridden: readonly string[]): PolicySpec[] {
  const labels = {
    'app.kubernetes.io/managed-by': 'cdk8s-tars',
    'app.kubernetes.io/part-of': prefix,
  };
  // What the model overrides is the user's own business.
  const conditions =
    overridden.length === 0
      ? []
      : [
          {
            name: 'not-overridden',
            expression: `!(object.metadata.?labels[?"component"].orValue("") in ${celList(overridden)})`,
          },
        ];
  const about = (pod: string): Pick<PolicySpec, 'variables' | 'conditions' | 'labels'> => ({
    labels,
    conditions,
    variables: [{ name: 'containers', expression: `${pod}.containers + ${pod}.?initContainers.orValue([])` }],
  });
  const template = 'object.spec.template.spec';
  const cronTemplate = 'object.spec.jobTemplate.spec.template.spec';
  const workloads = [
    { group: 'apps', version: 'v1', resources: ['deployments', 'statefulsets', 'daemonsets'] },
    { group: 'batch', version: 'v1', resources: ['jobs'] },
  ];
  return [
    { name: 'workloads', resources: workloads, ...about(template), rules: [...podRules(template, facts), labelsStay] },
    {
      name: 'cron-jobs',
      resources: [{ group: 'batch', version: 'v1', resources: ['cronjobs'] }],
      ...about(cronTemplate),
      rules: [...podRules(cronTemplate, facts), labelsStay],
    },
    {
      name: 'secrets',
      resources: workloads,
      ...about(template),
      readsFacts: true,
      rules: [secretRule('containers')],
    },
    {
      name: 'pods',
      resources: [{ group: '', version: 'v1', resources: ['pods'] }],
      operations: ['CREATE'],
      labels: { app: prefix },
      rules: [
        {
          code: 'TARS6662',
          expression: '!object.metadata.?labels[?"component"].hasValue() || has(object.metadata.ownerReferences)',
          what: 'a pod of its own with the labels of a component would get its requests, and its way through the network',
          remedy: 'give it other labels, or none; `kubectl debug` works in a pod that is there',
        },
      ],
    },
    networkPolicies(prefix),
    ...REPLICAS,
    ...commonPolicies(labels, prefix),
  ];
}
