import type { Component } from '../components';
import type { AxisName, Difference, Outputs } from './difference';
import type { SameButHosts } from './host-names';

/** What a difference is about. */
export interface DifferenceOf {
  readonly outputs: Outputs;
  /** undefined: no component of the model. */
  readonly component: Component | undefined;
}

/** A difference that is meant, and why. */
export interface AllowedDifference {
  readonly name: string;
  readonly axis: AxisName;
  /** For the report; with the number of the decision where there is one. */
  readonly reason: string;
  /** Whether it is this one: as narrow as the model can tell. */
  readonly covers: (difference: Difference, of: DifferenceOf, hosts: SameButHosts) => boolean;
}
