import type { RatePolicy, ScalingRules } from './hpa-spec';
import type { HpaState, ScaleEvent } from './hpa-state';
import { MAX_REPLICAS } from './integers';
import { placed } from './stabilization';

/** How many replicas there may be at most after this round. */
export function scaleUpLimit(rules: ScalingRules, state: HpaState, current: number, now: number): number {
  return limit(rules, state, current, now, (start, { type, value }) =>
    type === 'Pods' ? start + value : Math.ceil(start * (1 + value / 100)),
  );
}

/** How many replicas there must be at least after this round. */
export function scaleDownLimit(rules: ScalingRules, state: HpaState, current: number, now: number): number {
  return limit(
    rules,
    state,
    current,
    now,
    (start, { type, value }) => (type === 'Pods' ? start - value : Math.trunc(start * (1 - value / 100))),
    true,
  );
}

function limit(
  { selectPolicy, policies }: ScalingRules,
  state: HpaState,
  current: number,
  now: number,
  propose: (start: number, policy: RatePolicy) => number,
  down = false,
): number {
  if (selectPolicy === 'Disabled') return current;
  const highest = (selectPolicy === 'Min') === down;
  let result = highest ? -MAX_REPLICAS - 1 : MAX_REPLICAS;
  for (const policy of policies) {
    const cutoff = now - policy.periodSeconds * 1000;
    // what went the other way counts as well
    const start = current - changeSince(state.scaleUpEvents, cutoff) + changeSince(state.scaleDownEvents, cutoff);
    const proposed = propose(start, policy);
    result = highest ? Math.max(result, proposed) : Math.min(result, proposed);
  }
  return result;
}

function changeSince(events: readonly ScaleEvent[], cutoff: number): number {
  let change = 0;
  for (const event of events) if (event.at > cutoff) change += event.change;
  return change;
}

/** The events with one more; it takes the place of one that no policy can ask about any more. */
export function withEvent(
  events: readonly ScaleEvent[],
  rules: ScalingRules,
  change: number,
  now: number,
): readonly ScaleEvent[] {
  const longest = Math.max(0, ...rules.policies.map(({ periodSeconds }) => periodSeconds));
  const cutoff = now - longest * 1000;
  const marked = events.map((event) => (event.at < cutoff ? { ...event, outdated: true } : event));
  const index = marked.findLastIndex(({ outdated }) => outdated);
  return placed(marked, index, { change, at: now, outdated: false });
}
