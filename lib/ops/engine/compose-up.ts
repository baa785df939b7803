import { isClusterError } from '../cluster-client/cluster-error';
import type { ClusterError } from '../cluster-client/cluster-error';
import { Deadline } from '../cluster-client/deadline';
import type { Container } from '../engine-client/containers';
import { engineError } from '../engine-client/engine-error';
import { containersOf, runCompose, serviceLabel } from './compose-project';
import type { ProjectPlace } from './compose-project';

/** A service, and how many containers it should have. */
export interface ScaledService {
  readonly service: string;
  /** Its containers now. */
  readonly own: readonly Container[];
  /** Those of the whole project. */
  readonly all: readonly Container[];
  readonly replicas: number;
}

/** What Compose has begun may go on for so long after it was called off, beside the time that containers have to stop. */
const FINISH_MS = 10_000;
const STOP_SECONDS = 10;
const LOOK_MS = 5_000;

/**
 * Has Compose make or remove containers of a service. When it is called off meanwhile, Compose finishes what it has
 * begun, so that nothing is left half done; Compose itself would stop in the middle. One that takes too long for
 * that is ended.
 * @throws ClusterError as {@link runCompose}, Timeout, Aborted; `left` says what there is, if it is not what was before
 */
export async function composeUp(place: ProjectPlace, scaled: ScaledService, deadline: Deadline): Promise<void> {
  const { service, own, all, replicas } = scaled;
  const words = ['up', '--detach', '--no-deps', '--no-recreate', '--scale', `${service}=${replicas}`, service];
  const stopSeconds = own.map(({ Config: { StopTimeout: seconds = STOP_SECONDS } }) => seconds);
  const end = later(deadline.signal, FINISH_MS + Math.max(0, ...stopSeconds) * 1000);
  try {
    await runCompose(place, own.length > 0 ? own : all, words, end.signal);
    deadline.check();
  } catch (error) {
    const cause = deadline.signal.aborted ? deadline.error(error) : error;
    throw isClusterError(cause) ? await saying(place, scaled, cause) : cause;
  } finally {
    end.release();
  }
}

/** The error, with what there is now. */
async function saying(place: ProjectPlace, scaled: ScaledService, error: ClusterError): Promise<ClusterError> {
  const { code, retryable, message, cause } = error;
  const left = await leftOf(place, scaled);
  if (left === undefined) return error;
  const { service, own, replicas } = scaled;
  const goOn = `\`tars scale ${service} ${replicas} --target compose\` goes on`;
  const remedy = `${goOn}, \`tars scale ${service} ${own.length} --target compose\` goes back`;
  return engineError(code, `${message}; ${left}`, { retryable, cause, left, remedy });
}

/** Undefined: as it was before. */
async function leftOf(place: ProjectPlace, { service, own, replicas }: ScaledService): Promise<string | undefined> {
  const deadline = new Deadline(`looking at ${service}`, LOOK_MS, undefined, 'engine');
  try {
    const now = await containersOf(place, [serviceLabel(service)], deadline.signal);
    const state = (one: Container): string => `${one.Id} ${one.State.Status}`;
    if (now.map(state).join() === own.map(state).join()) return undefined;
    const idle = now.filter(({ State: state }) => !state.Running).length;
    const rest = idle === 0 ? '' : `, ${idle} of them not running`;
    const isWhole = now.length === replicas && idle === 0;
    return isWhole
      ? `${service} has been scaled from ${own.length} to ${replicas}`
      : `${service} had ${own.length} containers, should have ${replicas}, and has ${now.length}${rest}`;
  } catch (error) {
    if (!isClusterError(error)) throw error;
    return `nobody knows how many containers ${service} has now: ${error.message}`;
  } finally {
    deadline.close();
  }
}

/** A signal that ends some time after another one. */
function later(
  signal: AbortSignal,
  milliseconds: number,
): { readonly signal: AbortSignal; readonly release: () => void } {
  const end = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const begin = (): void => {
    timer = setTimeout(() => {
      end.abort();
    }, milliseconds);
  };
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, { once: true });
  return {
    signal: end.signal,
    release: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', begin);
    },
  };
}
