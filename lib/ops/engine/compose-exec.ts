import type { ExecOptions, ExecResult } from '../cluster/exec';
import { gathered } from '../cluster/exec';
import { runExec } from '../engine-client/container-exec';
import { addedContainer } from './compose-debug';
import { containerNamed, nameOf, serviceOf } from './compose-project';
import type { ProjectPlace } from './compose-project';

/**
 * Runs a command in a container, or in one with tools that was added to it.
 * @throws ClusterError as {@link runExec}; an exit code is no error
 */
export async function executeInContainer(
  place: ProjectPlace,
  pod: string,
  command: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  const { container: name, tty, sizes, timeoutMs, signal } = options;
  const target = await containerNamed(place, pod, signal);
  const isOwn = name === undefined || name === serviceOf(target) || name === nameOf(target);
  const container = nameOf(isOwn ? target : await addedContainer(place, target, name, signal));
  return gathered(options, (stdin, onOutput) =>
    runExec(place.client, { container, command, tty, sizes, timeoutMs, signal, stdin, onOutput }),
  );
}
