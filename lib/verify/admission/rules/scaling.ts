import { parseQuantity } from '../../../model/kubernetes-quantity';
import type { Json } from '../../emitted';
import { isList, isObject, listOf, numberOf, objectOf, textOf } from '../../read';
import type { Check, Visit } from '../check';
import { isIntOrPercent } from '../syntax';

const SOURCES: Readonly<Record<string, string>> = {
  Resource: 'resource',
  Pods: 'pods',
  Object: 'object',
  External: 'external',
  ContainerResource: 'containerResource',
};

/** HorizontalPodAutoscalers. */
export const autoscalers: Check = {
  code: 'TARS6123',
  severity: 'error',
  refusedBy: 'server',
  title: 'an autoscaler that the server does not take',
  why: 'The server refuses it, and the workload stays as large as it is.',
  remedy: 'correct the field that the path names',
  on: {
    'autoscaling/v2.HorizontalPodAutoscalerSpec': (visit) => {
      checkBounds(visit);
      const metrics = listOf(visit.value['metrics']);
      const external = metrics.some((one) => ['Object', 'External'].includes(textOf(objectOf(one)['type']) ?? ''));
      if (visit.value['minReplicas'] === 0 && !(visit.minor >= 36 && external)) {
        visit.say(['minReplicas'], 'nothing would measure a load', '1 or more');
      }
    },
    'autoscaling/v1.HorizontalPodAutoscalerSpec': (visit) => {
      checkBounds(visit);
      if (visit.value['minReplicas'] === 0) visit.say(['minReplicas'], 'nothing would measure a load', '1 or more');
    },
    'autoscaling/v2.MetricSpec': ({ value, say }) => {
      const source = SOURCES[textOf(value['type']) ?? ''];
      if (source === undefined) say(['type'], 'not a type of metric', Object.keys(SOURCES).join(', '));
      else if (!isObject(value[source]))
        say([source], 'the metric says nothing of its source', `${source}, as its type says`);
      for (const other of Object.values(SOURCES)) {
        if (other !== source && isObject(value[other]))
          say([other], 'the metric has another type', `${source ?? 'none'} only`);
      }
    },
    'autoscaling/v2.MetricIdentifier': ({ value, say }) => {
      const name = textOf(value['name']) ?? '';
      if (/[/%]/.test(name) || name === '.' || name === '..')
        say(['name'], 'not the name of a metric', 'a name without "/" and "%"');
    },
    'autoscaling/v2.ExternalMetricSource': checkAmount,
    'autoscaling/v2.ObjectMetricSource': ({ value, say }) => {
      const { value: total, averageValue } = objectOf(value['target']);
      if (!isGiven(total) && !isGiven(averageValue)) say(['target'], 'the target is not said', 'value or averageValue');
    },
    'autoscaling/v2.MetricTarget': ({ value, say }) => {
      for (const field of ['value', 'averageValue']) {
        const quantity = parseQuantity(value[field]);
        if (quantity !== undefined && quantity <= 0n) say([field], 'the quantity is not positive', 'more than 0');
      }
    },
    'autoscaling/v2.ResourceMetricSource': checkResource,
    'autoscaling/v2.ContainerResourceMetricSource': (visit) => {
      const name = textOf(visit.value['name']) ?? '';
      if (name !== '' && !/^(cpu|memory|ephemeral-storage|hugepages-.+|.+\/.+)$/.test(name))
        visit.say(['name'], 'containers have no such resource', 'cpu, memory');
      checkResource(visit);
    },
    'autoscaling/v2.PodsMetricSource': ({ value, say }) => {
      if (!objectOf(value['target'])['averageValue'])
        say(['target', 'averageValue'], 'a metric of pods has an average', 'a quantity');
    },
    'autoscaling/v2.HPAScalingRules': ({ value, say }) => {
      const tolerance = parseQuantity(value['tolerance']);
      if (tolerance !== undefined && tolerance < 0n) say(['tolerance'], 'the tolerance is negative', '0 or more');
      const policies = value['policies'];
      if (isList(policies) ? policies.length === 0 : false)
        say(['policies'], 'there are no policies', 'one policy at least');
    },
    'autoscaling/v2.CrossVersionObjectReference': checkTarget,
    'autoscaling/v1.CrossVersionObjectReference': checkTarget,
    'autoscaling/v2.HPAScalingPolicy': ({ value, say }) => {
      const type = textOf(value['type']);
      if (type !== undefined && type !== 'Pods' && type !== 'Percent')
        say(['type'], 'not a type of policy', 'Pods, Percent');
    },
  },
};

function checkBounds({ value, say }: Visit): void {
  const [least, most] = [numberOf(value['minReplicas']) ?? 1, numberOf(value['maxReplicas'])];
  if (most !== undefined && most >= 1 && most < least)
    say(['maxReplicas'], 'the maximum is below the minimum', `${least} or more`);
}

/** A share of what is asked for, or an amount: one of them. */
function checkResource({ value, say }: Visit): void {
  const { averageUtilization, averageValue } = objectOf(value['target']);
  const [share, amount] = [isGiven(averageUtilization), isGiven(averageValue)];
  if (share === amount) say(['target'], 'the target is not said exactly once', 'averageUtilization or averageValue');
}

/** What is scaled has a group, but for the oldest kind of all. */
function checkTarget({ value, keys, say }: Visit): void {
  const version = textOf(value['apiVersion']) ?? '';
  if (keys.at(-1) !== 'scaleTargetRef' || /.\/./.test(version)) return;
  if (version === 'v1' && value['kind'] === 'ReplicationController') return;
  say(['apiVersion'], 'the API version has no group', 'e.g. apps/v1');
}

/** A total, or an average for each pod: one of them. */
function checkAmount({ value, say }: Visit): void {
  const { value: total, averageValue } = objectOf(value['target']);
  if (isGiven(total) === isGiven(averageValue))
    say(['target'], 'the target is not said exactly once', 'value or averageValue');
}

function isGiven(value: Json | undefined): boolean {
  return value !== undefined && value !== null;
}

/** PodDisruptionBudgets. */
export const budgets: Check = {
  code: 'TARS6124',
  severity: 'error',
  refusedBy: 'server',
  title: 'a budget that the server does not take',
  why: 'The server refuses a PodDisruptionBudget that says both how many pods stay and how many may go.',
  remedy: 'keep maxUnavailable, and remove minAvailable',
  on: {
    'policy/v1.PodDisruptionBudgetSpec': ({ value, say }) => {
      const { minAvailable, maxUnavailable } = value;
      if (isGiven(minAvailable) && isGiven(maxUnavailable))
        say(['minAvailable'], 'maxUnavailable says it already', 'one of the two');
      for (const [field, share] of Object.entries({ minAvailable, maxUnavailable })) {
        if ((typeof share === 'number' || typeof share === 'string') && !isIntOrPercent(share))
          say([field], 'not a number of pods', '0 or more, or a percentage');
        else if (typeof share === 'string' && Number(share.slice(0, -1)) > 100)
          say([field], 'more than all pods', '100% at most');
      }
    },
  },
};
