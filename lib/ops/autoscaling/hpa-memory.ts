import type { EventInfo } from '../cluster/events';
import type { Condition, Conditions, ConditionType } from './conditions';
import type { HpaState, ScaleEvent } from './hpa-state';
import type { HpaObject } from './observe-hpa';

const TYPES: readonly string[] = ['AbleToScale', 'ScalingActive', 'ScalingLimited', 'ScaledToZero'];

/**
 * What a controller remembers, as far as it can be seen from outside: its conditions, and the changes that its events
 * tell of. Of what it recommended before, only that it holds on to something is known.
 *
 * @param events of the autoscaler and of what it scales, the oldest first
 * @param wanted replicas that the metrics ask for now, undefined when nobody can say
 */
export function memoryOf(
  { status }: HpaObject,
  events: readonly EventInfo[],
  wanted: number | undefined,
  now: number,
): HpaState {
  const conditions = Object.fromEntries(
    (status?.conditions ?? []).flatMap(({ type, status: state, reason = '', message = '' }): [string, Condition][] =>
      TYPES.includes(type) ? [[type, { status: state === 'True' ? 'True' : 'False', reason, message }]] : [],
    ),
  ) as Partial<Record<ConditionType, Condition>>;
  const changes = changesIn(events);
  const held = heldAt(conditions, status?.desiredReplicas) ?? wanted;
  return {
    at: undefined,
    recommendations: held === undefined ? [] : [{ replicas: held, at: now }],
    scaleUpEvents: changes.filter(({ change }) => change > 0),
    scaleDownEvents: changes
      .filter(({ change }) => change < 0)
      .map(({ change, ...event }) => ({ ...event, change: -change })),
    conditions,
  };
}

/** The recommendation of the past that holds the replicas where they are. */
function heldAt({ AbleToScale }: Conditions, desired: number | undefined): number | undefined {
  const isHeld = AbleToScale?.reason === 'ScaleDownStabilized' || AbleToScale?.reason === 'ScaleUpStabilized';
  return isHeld ? desired : undefined;
}

/** Changes that the autoscaler's events tell of. From what the first one came, its target's own events may know. */
function changesIn(events: readonly EventInfo[]): readonly ScaleEvent[] {
  const sizes = events.flatMap(({ at, reason, message }) => {
    const size = /^New size: (\d+);/.exec(message)?.[1];
    return reason === 'SuccessfulRescale' && size !== undefined ? [{ at: Date.parse(at), size: Number(size) }] : [];
  });
  return sizes.flatMap(({ at, size }, index) => {
    const from = sizes[index - 1]?.size ?? sizeBefore(events, size);
    return from === undefined ? [] : [{ at, change: size - from, outdated: false }];
  });
}

/** @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/controller/deployment/sync.go scaleReplicaSet */
function sizeBefore(events: readonly EventInfo[], size: number): number | undefined {
  for (const { reason, message } of events) {
    const [, from, to] = /^Scaled (?:up|down) replica set \S+ from (\d+) to (\d+)$/.exec(message) ?? [];
    if (reason === 'ScalingReplicaSet' && Number(to) === size) return Number(from);
  }
  return undefined;
}
