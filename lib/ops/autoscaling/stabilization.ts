import type { ControllerSettings, HpaBehavior } from './hpa-spec';
import type { HpaState, Recommendation } from './hpa-state';

/** A recommendation held against those before it. */
export interface Stabilized {
  readonly replicas: number;
  readonly recommendations: readonly Recommendation[];
}

/** With behavior: not above the lowest of the up window, not below the highest of the down window. */
export function stabilize(
  { recommendations }: HpaState,
  { scaleUp, scaleDown }: HpaBehavior,
  current: number,
  desired: number,
  now: number,
  settings: ControllerSettings,
): Stabilized {
  const upCutoff = now - (scaleUp.stabilizationWindowSeconds ?? 0) * 1000;
  const downWindow = scaleDown.stabilizationWindowSeconds ?? settings.downscaleStabilizationSeconds;
  const downCutoff = now - downWindow * 1000;
  let up = desired;
  let down = desired;
  let old = -1;
  recommendations.forEach(({ replicas, at }, index) => {
    if (at > upCutoff) up = Math.min(up, replicas);
    if (at > downCutoff) down = Math.max(down, replicas);
    if (at < upCutoff && at < downCutoff) old = index;
  });
  return {
    replicas: Math.min(Math.max(current, up), down),
    recommendations: placed(recommendations, old, { replicas: desired, at: now }),
  };
}

/** Without behavior: the highest of the controller's own window. */
export function stabilizeDown(
  { recommendations }: HpaState,
  windowSeconds: number,
  desired: number,
  now: number,
): Stabilized {
  const cutoff = now - windowSeconds * 1000;
  let replicas = desired;
  let old = -1;
  recommendations.forEach((one, index) => {
    if (one.at < cutoff) old = index;
    else replicas = Math.max(replicas, one.replicas);
  });
  return { replicas, recommendations: placed(recommendations, old, { replicas: desired, at: now }) };
}

/** In the place of an old one, or at the end: as the controller does, so that a longer window finds the same. */
export function placed<T>(list: readonly T[], index: number, item: T): readonly T[] {
  return index < 0 ? [...list, item] : list.map((one, at) => (at === index ? item : one));
}
