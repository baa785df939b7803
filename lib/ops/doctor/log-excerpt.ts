/** The end of what a container has printed. */
export interface LogExcerpt {
  /** Pod, or container of the engine. */
  readonly name: string;
  readonly component: string;
  readonly container: string;
  /** Of the run before this one. */
  readonly previous: boolean;
  readonly text: string;
}
