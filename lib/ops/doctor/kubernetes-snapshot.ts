import type { Certificate } from './certificate';
import type { ConnectionAttempt } from './connection-attempt';
import type { LogExcerpt } from './log-excerpt';
import type { LiveObject } from './objects';
import type { Topology } from './topology';

/** What a cluster holds of a system at one moment. No value of a Secret is in it. */
export interface KubernetesSnapshot {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly namespace: string;
  /** False: then nothing else was looked for. */
  readonly namespaceExists: boolean;
  /** Where the manifests are, for commands: `dist`. */
  readonly manifests: string;
  readonly topology: Topology;
  /** Everything that was read in the namespace, and nodes and storage classes. */
  readonly objects: readonly LiveObject[];
  /** What an apply would make. */
  readonly expected: readonly LiveObject[];
  /** Kinds that could not be read: nothing is said of them. */
  readonly unread: readonly string[];
  /** Keys of each Secret, by its name. Undefined: they could not be read. */
  readonly secrets: Readonly<Record<string, readonly string[]>> | undefined;
  readonly certificates: readonly Certificate[];
  /** Undefined: nobody could say. */
  readonly metricsServed: boolean | undefined;
  readonly logs: readonly LogExcerpt[];
  readonly attempts: readonly ConnectionAttempt[];
}
