import type { Feature } from '../../../lib/model/versions';
import { FEATURES } from '../../../lib/model/versions';
import { objectIssues } from '../../../lib/verify/admission/admission';
import { fieldsOf } from '../../../lib/verify/admission/api';
import { readFieldType } from '../../../lib/verify/admission/field-type';
import type { JsonObject } from '../../../lib/verify/emitted';

const METADATA = { name: 'x', namespace: 'n' };

function deployment(pod: JsonObject): JsonObject {
  return {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: METADATA },
    spec: {
      selector: { matchLabels: { app: 'x' } },
      template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'main', image: 'x:1' }], ...pod } },
    },
  };
}

function said(object: JsonObject, minor: number): string[] {
  return objectIssues(object, minor).map(({ code, path, allowed }) => `${code} ${path} (${allowed ?? ''})`);
}

describe('what a version of the server has', () => {
  test.each<[string, JsonObject, number, string[]]>([
    [
      'a field that is not there yet',
      deployment({ resources: { limits: { cpu: '1' } } }),
      25,
      ['TARS6103 Deployment/x.spec.template.spec.resources (1.34 and later)'],
    ],
    ['the same field, later', deployment({ resources: { limits: { cpu: '1' } } }), 34, []],
    [
      'a field behind a gate that is off',
      deployment({ resources: { limits: { cpu: '1' } } }),
      33,
      ['TARS6103 Deployment/x.spec.template.spec.resources (1.34 and later)'],
    ],
    [
      'an API that is no more',
      { apiVersion: 'autoscaling/v2beta2', kind: 'HorizontalPodAutoscaler', metadata: METADATA },
      26,
      ['TARS6101 HorizontalPodAutoscaler/x.apiVersion (autoscaling/v1, autoscaling/v2)'],
    ],
    [
      'an API that was gone long before',
      { apiVersion: 'policy/v1beta1', kind: 'PodDisruptionBudget', metadata: METADATA },
      25,
      ['TARS6101 PodDisruptionBudget/x.apiVersion (policy/v1)'],
    ],
    [
      'an API that is not there yet',
      { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', metadata: { name: 'x' } },
      29,
      ['TARS6101 ValidatingAdmissionPolicy/x.apiVersion (1.30 and later)'],
    ],
    [
      'a kind that nobody has',
      { apiVersion: 'apps/v1', kind: 'Deploymnet', metadata: METADATA },
      25,
      ['TARS6101 Deploymnet/x.apiVersion (Deployment)'],
    ],
    ['a kind of somebody else', { apiVersion: 'example.org/v1', kind: 'Thing', metadata: METADATA, a: 1 }, 25, []],
  ])('%s', (_, object, minor, expected) => {
    expect(said(object, minor)).toEqual(expected);
  });

  const FIELDS: Readonly<Partial<Record<Feature, readonly [type: string, field: string]>>> = {
    unhealthyPodEvictionPolicy: ['policy/v1.PodDisruptionBudgetSpec', 'unhealthyPodEvictionPolicy'],
    spreadMatchLabelKeys: ['core/v1.TopologySpreadConstraint', 'matchLabelKeys'],
    cronJobTimeZone: ['batch/v1.CronJobSpec', 'timeZone'],
    sleepAction: ['core/v1.LifecycleHandler', 'sleep'],
    trafficDistribution: ['core/v1.ServiceSpec', 'trafficDistribution'],
    hpaTolerance: ['autoscaling/v2.HPAScalingRules', 'tolerance'],
  };

  test.each(Object.entries(FIELDS))(
    '%s: what we emit by version is what the releases say',
    (feature, [type, field]) => {
      const { since, on } = readFieldType(fieldsOf(type)?.[field] ?? '');
      expect(FEATURES[feature as Feature]).toBeGreaterThanOrEqual(Math.max(since, on));
    },
  );
});
