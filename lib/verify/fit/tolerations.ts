import type { JsonObject } from '../emitted';
import { listOf, objectOf, textOf } from '../read';
import type { Taint } from './node';

/** What a pod puts up with. */
export interface Toleration {
  readonly key: string;
  readonly operator: string;
  readonly value: string;
  /** Empty: every effect. */
  readonly effect: string;
}

export function readTolerations(spec: JsonObject): readonly Toleration[] {
  return listOf(spec['tolerations'])
    .map(objectOf)
    .map((one) => ({
      key: textOf(one['key']) ?? '',
      operator: textOf(one['operator']) ?? 'Equal',
      value: textOf(one['value']) ?? '',
      effect: textOf(one['effect']) ?? '',
    }));
}

function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect !== '' && toleration.effect !== taint.effect) return false;
  if (toleration.key !== '' && toleration.key !== taint.key) return false;
  return toleration.operator === 'Exists' || toleration.value === taint.value;
}

/** Taints of these effects that nothing tolerates. */
export function untolerated(
  taints: readonly Taint[],
  tolerations: readonly Toleration[],
  effects: readonly Taint['effect'][],
): readonly Taint[] {
  return taints.filter((taint) => effects.includes(taint.effect) && !tolerations.some((t) => tolerates(t, taint)));
}

/** Effects that keep a pod away. */
export const KEEP_AWAY: readonly Taint['effect'][] = ['NoSchedule', 'NoExecute'];
