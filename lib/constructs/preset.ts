import type { IConstruct } from 'constructs';
import { IssueCollector } from '../model/issues';
import type { Keys } from '../model/props-reader';
import { PropsReader } from '../model/props-reader';
import { register } from './system';

/** Reads the props of a ready-made construct; what is wrong with them joins the system's issues. */
export function readPreset<P extends object>(
  scope: IConstruct,
  props: P | undefined,
  keys: Keys<P>,
  read: (reader: PropsReader<P>) => void = () => undefined,
): void {
  const issues = new IssueCollector(scope.node.path);
  read(new PropsReader<P>(props, issues, keys));
  register(scope, { issues: issues.issues });
}

/** Drops keys without a value, so that a default behind them shows through. */
export function given<T extends object>(props: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
