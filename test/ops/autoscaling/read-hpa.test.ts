import { fractionOf, milliOf } from '../../../lib/ops/autoscaling/quantities';
import { readHpa } from '../../../lib/ops/autoscaling/read-hpa';

test.each([
  ['500m', 500],
  ['2', 2000],
  ['0.5', 500],
  ['1Ki', 1_024_000],
  ['1e3', 1_000_000],
  ['1.5k', 1_500_000],
  ['100u', 1],
  ['-250m', -250],
  ['two', undefined],
])('%s in thousandths', (text, milli) => {
  expect(milliOf(text)).toBe(milli);
});

test.each([
  ['341m', 341 * 1e-3],
  ['0.508', 508 * 1e-3],
  ['1', 1],
  ['', undefined],
])('%s as a fraction', (text, fraction) => {
  expect(fractionOf(text)).toBe(fraction);
});

test('what a spec leaves out', () => {
  expect(readHpa({ maxReplicas: 5, behavior: { scaleUp: { tolerance: '50m' } } })).toEqual({
    minReplicas: 1,
    maxReplicas: 5,
    metrics: [{ type: 'Resource', resource: 'cpu', target: { averageUtilization: 80 } }],
    behavior: {
      scaleUp: {
        stabilizationWindowSeconds: 0,
        selectPolicy: 'Max',
        policies: [
          { type: 'Pods', value: 4, periodSeconds: 15 },
          { type: 'Percent', value: 100, periodSeconds: 15 },
        ],
        tolerance: 0.05,
      },
      scaleDown: { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
    },
  });
});

test.each([
  [{ type: 'Pods' }, 'not a metric of autoscaling/v2: type "Pods" without its part'],
  [{ type: 'Pods', pods: { metric: { name: 'rps' }, target: { averageValue: 'many' } } }, 'not a quantity: "many"'],
  [{ type: 'Resource', resource: { name: 'cpu', target: {} } }, 'a target needs averageUtilization or averageValue'],
])('%j is refused', (metric, message) => {
  expect(() => readHpa({ maxReplicas: 5, metrics: [metric] })).toThrow(message);
});
