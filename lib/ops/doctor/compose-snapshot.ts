import type { Certificate } from './certificate';
import type { ConnectionAttempt } from './connection-attempt';
import type { LogExcerpt } from './log-excerpt';
import type { Topology } from './topology';

/** A container as the engine describes it. Its environment is not in it. */
export interface EngineContainer {
  readonly name: string;
  readonly service: string;
  readonly image: string;
  /** `created`, `running`, `restarting`, `exited`, … */
  readonly status: string;
  readonly exitCode: number;
  /** Why the engine could not start it; empty otherwise. */
  readonly error: string;
  readonly oomKilled: boolean;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Milliseconds since 1970; 0: never. */
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly restartCount: number;
  readonly restartPolicy: string;
  /** In bytes; 0: none. */
  readonly memoryLimit: number;
  /** Undefined: it has no check. */
  readonly health: { readonly status: string; readonly last: string } | undefined;
  /** Networks, as Compose names them: without the project. */
  readonly networks: readonly string[];
  /** Those of them in which nobody finds it by the name of its service. */
  readonly nameless: readonly string[];
}

/** What the compose file says of a service. */
export interface ExpectedService {
  readonly name: string;
  /** As the label `component` says it; of a task, its own name. */
  readonly component: string;
  readonly image: string;
  /** Built from this project, and not pulled. */
  readonly isBuilt: boolean;
  /** Runs to its end and stays there. */
  readonly isTask: boolean;
  readonly networks: readonly string[];
  readonly needs: readonly string[];
  /** Files and folders of this machine that it mounts, from the folder of the compose file. */
  readonly mounts: readonly string[];
}

/** What an engine holds of a system at one moment. */
export interface ComposeSnapshot {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly project: string;
  /** The compose file, for commands. */
  readonly file: string;
  readonly topology: Topology;
  readonly containers: readonly EngineContainer[];
  /** Services of the profiles that are switched on. */
  readonly expected: readonly ExpectedService[];
  /** What Compose says when it cannot read its file or its variables. */
  readonly refusal: string | undefined;
  /** Mounts of the expected services that are not there. */
  readonly missingMounts: readonly string[];
  /** Images of the expected services that the engine has. */
  readonly images: readonly string[];
  readonly certificates: readonly Certificate[];
  readonly logs: readonly LogExcerpt[];
  readonly attempts: readonly ConnectionAttempt[];
}
