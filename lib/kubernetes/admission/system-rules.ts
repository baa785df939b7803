import type { PolicyRule, PolicySpec } from './policy-rule';
import { celText } from './policy-rule';
import { labelsStay } from './pod-rules';

const NAME = 'object.metadata.name';
const fact = (key: string): string => `params.data[?(${celText(`${key}.`)} + ${NAME})]`;

/** Everybody: no peer at all, every address, or every pod of every namespace. */
const isEverybody = (peer: string): string =>
  [
    `(has(${peer}.ipBlock) && ${peer}.ipBlock.cidr in ["0.0.0.0/0", "::/0"])`,
    `(has(${peer}.namespaceSelector) && !has(${peer}.podSelector) && ${peer}.namespaceSelector.?matchLabels.orValue({}).size() == 0 && ${peer}.namespaceSelector.?matchExpressions.orValue([]).size() == 0)`,
  ].join(' || ');

function closed(direction: 'ingress' | 'egress', peers: 'from' | 'to'): string {
  const rules = `object.spec.?${direction}.orValue([])`;
  return `${celText(direction)} in variables.opens || ${rules}.all(r, r.?${peers}.orValue([]).size() > 0 && r.?${peers}.orValue([]).all(p, !(${isEverybody('p')})))`;
}

/** Policies of others count as well, where they speak of our pods. */
export function networkPolicies(prefix: string): PolicySpec {
  return {
    name: 'network',
    resources: [{ group: 'networking.k8s.io', version: 'v1', resources: ['networkpolicies'] }],
    readsFacts: true,
    conditions: [
      {
        name: 'about-our-pods',
        expression: `object.spec.podSelector.?matchLabels[?"app"].orValue(${celText(prefix)}) == ${celText(prefix)}`,
      },
    ],
    variables: [{ name: 'opens', expression: `${fact('opens')}.orValue("").split(" ")` }],
    rules: [
      {
        code: 'TARS6657',
        expression: closed('ingress', 'from'),
        what: 'everybody may connect',
        remedy: 'name who connects: a link, access or allowFrom in main.ts',
      },
      {
        code: 'TARS6657',
        expression: closed('egress', 'to'),
        what: 'connections to everywhere are open',
        remedy: 'name where they go: a link, or internet: true in main.ts',
      },
      {
        code: 'TARS6657',
        expression: `!${fact('closes')}.hasValue() || ${fact('closes')}.orValue("").split(" ").all(t, t in object.spec.?policyTypes.orValue([]))`,
        what: 'one direction is not closed any more',
        remedy: 'keep its policyTypes',
      },
      {
        code: 'TARS6657',
        expression: `!${fact('closed')}.hasValue() || (object.spec.?ingress.orValue([]).size() == 0 && object.spec.?egress.orValue([]).size() == 0)`,
        what: 'what denies everything else would allow something',
        remedy: 'put it into a policy of its own, or say it in main.ts',
      },
      {
        code: 'TARS6657',
        expression: `!${fact('dns')}.hasValue() || object.spec.?egress.orValue([]).exists(r, r.?ports.orValue([]).exists(p, p.?protocol.orValue("TCP") == "UDP" && string(p.?port.orValue(0)) in ${fact('dns')}.orValue("").split(" ")))`,
        what: 'names cannot be looked up any more: the rule for DNS is gone',
        remedy: 'keep the rule with port 53',
      },
    ],
  };
}

/** Plain variables and ConfigMaps hold no secret. */
export const secretRule = (which: 'configMap' | 'containers'): PolicyRule => {
  const names = 'params.data[?"neverLiteral"].orValue("").split(" ")';
  const isUrl = (value: string): string => `${value}.matches("://[^:@/ ]*:[^@/ ]+@")`;
  const literal = `has(e.value) && e.value != "" && (e.name in ${names} || ${isUrl('e.value')})`;
  return {
    code: 'TARS6654',
    expression:
      which === 'configMap'
        ? `object.?data.orValue({}).all(k, !(k in ${names}) && !${isUrl('object.data[k]')})`
        : `variables.containers.all(c, c.?env.orValue([]).all(e, !(${literal})))`,
    what: 'a secret would stand in plain text',
    remedy: 'put the value into the Secret (tars secrets set), and refer to it',
  };
};

/** Between the bounds that the capacity and the connections proof were made for; nobody at all is a stop on purpose. */
const replicas = 'object.spec.?replicas.orValue(0)';
const inBounds = `!${fact('min')}.hasValue() || ${replicas} == 0 || (${replicas} >= int(${fact('min')}.orValue("0")) && ${replicas} <= int(${fact('max')}.orValue("0")))`;

const replicaRule: PolicyRule = {
  code: 'TARS6659',
  expression: inBounds,
  what: 'an autoscaler steers these replicas, and this number is outside of its bounds',
  which: `"from " + ${fact('min')}.orValue("") + " to " + ${fact('max')}.orValue("")`,
  remedy: 'change the bounds in main.ts (autoscaling); 0 stops it',
};

/** Who scales by hand, and by editing the workload. */
export const REPLICAS: readonly PolicySpec[] = [
  {
    name: 'scale',
    resources: [{ group: 'apps', version: 'v1', resources: ['deployments/scale', 'statefulsets/scale'] }],
    operations: ['UPDATE'],
    readsFacts: true,
    rules: [replicaRule],
  },
  {
    name: 'replicas',
    resources: [{ group: 'apps', version: 'v1', resources: ['deployments', 'statefulsets'] }],
    operations: ['UPDATE'],
    readsFacts: true,
    rules: [{ ...replicaRule, expression: `${replicas} == oldObject.spec.?replicas.orValue(0) || ${inBounds}` }],
  },
];

/** The policies that are the same for every system. */
export function commonPolicies(labels: Readonly<Record<string, string>>, prefix: string): PolicySpec[] {
  return [
    {
      name: 'autoscalers',
      resources: [{ group: 'autoscaling', version: 'v2', resources: ['horizontalpodautoscalers'] }],
      labels,
      readsFacts: true,
      rules: [
        {
          code: 'TARS6658',
          expression: `!${fact('max')}.hasValue() || object.spec.maxReplicas <= int(${fact('max')}.orValue("0"))`,
          what: 'more replicas than the quota and the database connections were proved for',
          which: `"at most " + ${fact('max')}.orValue("")`,
          remedy: 'raise maxReplicas in main.ts, which proves it again',
        },
        labelsStay,
      ],
    },
    {
      name: 'services',
      resources: [{ group: '', version: 'v1', resources: ['services'] }],
      labels,
      rules: [
        {
          code: 'TARS6655',
          expression: `object.spec.?selector[?"app"].orValue("") == ${celText(prefix)} && object.spec.?selector[?"component"] == object.metadata.?labels[?"component"]`,
          what: 'the Service would lead to other pods than those of its component',
          remedy: 'leave its selector as it was made',
        },
        labelsStay,
      ],
    },
    {
      name: 'service-accounts',
      resources: [{ group: '', version: 'v1', resources: ['serviceaccounts'] }],
      labels,
      rules: [
        {
          code: 'TARS6656',
          expression: 'object.?automountServiceAccountToken.orValue(true) == false',
          what: "pods would get a token of the cluster's API",
          remedy: 'leave automountServiceAccountToken: false',
        },
      ],
    },
    {
      name: 'budgets',
      resources: [{ group: 'policy', version: 'v1', resources: ['poddisruptionbudgets'] }],
      labels,
      rules: [
        {
          code: 'TARS6660',
          expression:
            'has(object.spec.maxUnavailable) && !(string(object.spec.maxUnavailable) in ["0", "0%"]) && !has(object.spec.minAvailable)',
          what: 'the budget would block every drain of a node',
          remedy: 'leave maxUnavailable at 1 or more',
        },
      ],
    },
    {
      name: 'configuration',
      resources: [{ group: '', version: 'v1', resources: ['configmaps'] }],
      labels,
      readsFacts: true,
      rules: [secretRule('configMap')],
    },
    {
      name: 'namespace',
      resources: [{ group: '', version: 'v1', resources: ['namespaces'] }],
      labels,
      operations: ['UPDATE'],
      rules: [
        {
          code: 'TARS6661',
          expression:
            'object.metadata.?labels[?"pod-security.kubernetes.io/enforce"].orValue("") == "restricted" || oldObject.metadata.?labels[?"pod-security.kubernetes.io/enforce"].orValue("") != "restricted"',
          what: 'Pod Security "restricted" would not be enforced any more',
          remedy: 'leave the label pod-security.kubernetes.io/enforce',
        },
      ],
    },
  ];
}
