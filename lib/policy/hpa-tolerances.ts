import type { ResourceMetric } from '../model/service-spec';

/** What makes a HorizontalPodAutoscaler's band, in percent. */
export type CpuBand = Pick<ResourceMetric, 'targetValue' | 'scaleUpThreshold' | 'scaleDownThreshold'>;

/**
 * Tolerances, in thousandths, that make the controller's ratio test the thresholds' own: utilization is a whole
 * number, so half a percent past a threshold separates "above" from "at".
 */
export function toleranceMillis({ targetValue, scaleUpThreshold, scaleDownThreshold }: CpuBand): {
  readonly up: number;
  readonly down: number;
} {
  const millis = (distance: number): number => Math.max(0, Math.floor((distance * 1000) / targetValue));
  return {
    up: millis(Math.floor(scaleUpThreshold) + 0.5 - targetValue),
    down: millis(targetValue - Math.ceil(scaleDownThreshold) + 0.5),
  };
}
