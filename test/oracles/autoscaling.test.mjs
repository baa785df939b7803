// The autoscaler's engine and the HorizontalPodAutoscaler's own controller, on random scenarios: the same
// desired replicas, the same conditions with the same reasons, the same event, at every step.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareScenarios } from './autoscaling/compare.mjs';

const SCENARIOS = Number(process.env.AUTOSCALING_SCENARIOS ?? 5000);
const SEED = Number(process.env.AUTOSCALING_SEED ?? 6);

/** What has to have happened, or the scenarios show nothing. */
const REASONS = [
  'AbleToScale False FailedGetScale',
  'AbleToScale False FailedUpdateScale',
  'AbleToScale True ReadyForNewScale',
  'AbleToScale True ScaleDownStabilized',
  'AbleToScale True ScaleUpStabilized',
  'AbleToScale True SucceededGetScale',
  'AbleToScale True SucceededRescale',
  'ScaledToZero True ScaledToZero',
  'ScaledToZero False NotScaledToZero',
  'ScalingActive False AmbiguousSelector',
  'ScalingActive False FailedGetContainerResourceMetric',
  'ScalingActive False FailedGetExternalMetric',
  'ScalingActive False FailedGetObjectMetric',
  'ScalingActive False FailedGetPodsMetric',
  'ScalingActive False FailedGetResourceMetric',
  'ScalingActive False InvalidSelector',
  'ScalingActive False ScalingDisabled',
  'ScalingActive True ValidMetricFound',
  'ScalingLimited False DesiredWithinRange',
  'ScalingLimited True ScaleDownLimit',
  'ScalingLimited True ScaleUpLimit',
  'ScalingLimited True TooFewReplicas',
  'ScalingLimited True TooManyReplicas',
];

test(`the engine decides as the controller does, ${SCENARIOS} times from seed ${SEED}`, async (context) => {
  const { steps, rescales, reasons, differ } = await compareScenarios(SEED, SCENARIOS);
  context.diagnostic(`${steps} steps, ${rescales} changes of the target`);
  for (const key of REASONS) context.diagnostic(`${key}: ${reasons.get(key) ?? 0}`);
  assert.deepEqual(differ.slice(0, 10), [], `${differ.length} scenarios differ`);
  assert.ok(rescales > steps / 20, `${rescales} changes in ${steps} steps`);
  assert.deepEqual(
    REASONS.filter((reason) => !reasons.has(reason)),
    [],
    'every reason was given',
  );
});
