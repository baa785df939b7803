import type { Issue } from '../model/issues';
import type { ComposeService } from './compose-file';
import type { Interpolation } from './interpolation';

/** A piece of a Compose service. */
export type Fragment = ComposeService<string | Interpolation>;

/** What Compose makes of one field of the model. */
export type Answer =
  /** It is in the file. */
  | { readonly kind: 'rendered'; readonly fragment: Fragment }
  /** It matters and Compose cannot express it: the user is told. */
  | { readonly kind: 'notice'; readonly cannot: string; readonly because: string }
  /** It has no meaning on Compose, or another field's answer holds it. */
  | { readonly kind: 'needless'; readonly why: string };

export type Answers = Answer | readonly Answer[];

/**
 * One answer for every field of a structure: a field added to the model does not compile until
 * Compose renders it, or says that it cannot or need not.
 */
export type FieldTable<S, C> = { readonly [K in keyof S]-?: (whole: S, context: C) => Answers };

export function rendered(fragment: Fragment): Answer {
  return { kind: 'rendered', fragment };
}

/** Completes "compose cannot …, because …". */
export function notice(cannot: string, because: string): Answer {
  return { kind: 'notice', cannot, because };
}

export function needless(why: string): Answer {
  return { kind: 'needless', why };
}

/** Asks every entry of a table, in the order of the table. */
export function answer<S, C>(table: FieldTable<S, C>, whole: S, context: C): Answer[] {
  return Object.values<(whole: S, context: C) => Answers>(table).flatMap((entry) => entry(whole, context));
}

/** Lists that several fields add to; every other list is one field's own. */
const GATHERED: readonly string[] = ['volumes', 'tmpfs', 'ports', 'extra_hosts'] satisfies (keyof Fragment)[];

/** All rendered answers as one service; of scalars said twice the last one counts. */
export function combine(answers: readonly Answer[]): Fragment {
  return answers.reduce<Fragment>((sum, one) => (one.kind === 'rendered' ? merge(sum, one.fragment) : sum), {});
}

function merge<T extends object>(base: T, added: T): T {
  const result = { ...base } as Record<string, unknown>;
  for (const [key, value] of Object.entries(added) as [string, unknown][]) {
    const known = result[key];
    if (value === undefined) continue;
    if (isList(known) && isList(value) && GATHERED.includes(key)) result[key] = [...known, ...value];
    else result[key] = isPlain(known) && isPlain(value) ? merge(known, value) : value;
  }
  return result as T;
}

/** `Array.isArray` without its `any`. */
function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** A notice, and whom it is about. */
export interface NoticeFor {
  readonly path: string;
  readonly answer: Answer;
}

/** One issue for each thing that Compose cannot do, however many services it concerns. */
export function noticeIssues(system: string, notices: readonly NoticeFor[]): Issue[] {
  const groups = new Map<string, { cannot: string; because: string; paths: string[] }>();
  for (const { path, answer } of notices) {
    if (answer.kind !== 'notice') continue;
    const group = groups.get(answer.cannot) ?? { cannot: answer.cannot, because: answer.because, paths: [] };
    groups.set(answer.cannot, group);
    if (!group.paths.includes(path)) group.paths.push(path);
  }
  return [...groups.values()].map(({ cannot, because, paths }) => ({
    code: 'TARS3005',
    severity: 'notice',
    path: paths.length === 1 ? (paths[0] ?? system) : system,
    message: `compose cannot ${cannot}`,
    given: paths.join(', '),
    remedy: because,
  }));
}
