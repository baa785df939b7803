import type { Conditions } from './conditions';

/** What the controller remembers from round to round. It is lost when the controller restarts, but for the conditions. */
export interface HpaState {
  /** When the last round was, in milliseconds. */
  readonly at: number | undefined;
  /** What the metrics asked for, before anything held it back. */
  readonly recommendations: readonly Recommendation[];
  readonly scaleUpEvents: readonly ScaleEvent[];
  readonly scaleDownEvents: readonly ScaleEvent[];
  readonly conditions: Conditions;
}

/** Replicas asked for, and when; milliseconds. */
export interface Recommendation {
  readonly replicas: number;
  readonly at: number;
}

/** By how many replicas it changed, and when; milliseconds. */
export interface ScaleEvent {
  readonly change: number;
  readonly at: number;
  /** Past the longest period when it was last looked at: its place may be taken. */
  readonly outdated: boolean;
}

/** Before the first round. */
export const NEW_HPA_STATE: HpaState = {
  at: undefined,
  recommendations: [],
  scaleUpEvents: [],
  scaleDownEvents: [],
  conditions: {},
};

/**
 * The state for a round at `now`. A clock that was set back moves what happened with it: no time has
 * passed, and nothing lies in the future, where it would hold things back for as long as the clock was off.
 */
export function stateAt(state: HpaState, now: number): HpaState {
  if (state.at === undefined || now >= state.at) return { ...state, at: now };
  const shift = now - state.at;
  const moved = <T extends { readonly at: number }>(list: readonly T[]): readonly T[] =>
    list.map((one) => ({ ...one, at: one.at + shift }));
  return {
    at: now,
    recommendations: moved(state.recommendations),
    scaleUpEvents: moved(state.scaleUpEvents),
    scaleDownEvents: moved(state.scaleDownEvents),
    conditions: state.conditions,
  };
}
