import type { Issue } from '../../model/issues';
import type { EmittedCompose, EmittedObject, EmittedSet } from '../emitted';
import type { FieldChange } from './field-changes';
import type { FieldManagers } from './field-managers';

/** Something that an upgrade does, or that stands in its way. */
export interface Finding extends Issue {
  /** What to do instead of a plain apply, one command or sentence each, in order; empty: nothing to do. */
  readonly steps: readonly string[];
}

/** What becomes of one object, or of one service or volume of a compose file. */
export type Change = 'added' | 'removed' | 'changed';

/** One object that differs between two releases. */
export interface ObjectChange {
  readonly change: Change;
  /** Undefined: it is new. */
  readonly before: EmittedObject | undefined;
  /** Undefined: it is no longer made. */
  readonly after: EmittedObject | undefined;
  /** What differs in it, for a `changed` one. */
  readonly fields: readonly FieldChange[];
}

/** One compose file that differs between two releases. */
export interface ComposeChange {
  readonly change: Change;
  readonly before: EmittedCompose | undefined;
  readonly after: EmittedCompose | undefined;
  readonly fields: readonly FieldChange[];
}

/** Two releases, and what differs. */
export interface ReleaseChange {
  readonly before: EmittedSet;
  readonly after: EmittedSet;
  readonly objects: readonly ObjectChange[];
  readonly compose: readonly ComposeChange[];
  /** Who else wrote fields of the objects that run; empty where files are compared. */
  readonly managers: FieldManagers;
}

/** One question about an upgrade: what it means in one respect. */
export type UpgradeCheck = (change: ReleaseChange) => readonly Finding[];

/** An object that both releases have, and that differs. */
export interface Updated {
  readonly before: EmittedObject;
  readonly after: EmittedObject;
  readonly fields: readonly FieldChange[];
}

/** The objects that an apply changes in place. */
export function updatedObjects({ objects }: ReleaseChange): readonly Updated[] {
  return objects.flatMap(({ before, after, fields }) =>
    before !== undefined && after !== undefined ? [{ before, after, fields }] : [],
  );
}
