/** What one metric asks for, or why it cannot say. */
export type Proposal =
  | {
      readonly replicas: number;
      /** What the controller calls the metric in its events. */
      readonly name: string;
      /** Where the metric stands, in the unit of its target. */
      readonly current: number;
    }
  | { readonly error: string };

/** How far a ratio may be off before anything is done, as fractions. */
export interface Tolerances {
  readonly up: number;
  readonly down: number;
}

/** Whether a ratio is near enough to 1. */
export function isWithin({ up, down }: Tolerances, ratio: number): boolean {
  return 1 - down <= ratio && ratio <= 1 + up;
}
