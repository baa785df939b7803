import { isClusterError } from '../cluster-client/cluster-error';
import { lines } from '../cluster-client/lines';
import type { EngineClient } from './engine-client';
import { engineError, lostEngine } from './engine-error';

/**
 * Sees to it that an image is there; one that is not is pulled, without credentials.
 * @throws ClusterError ContainerNotReady when it cannot be had, Aborted
 */
export async function ensureImage(client: EngineClient, image: string, signal: AbortSignal): Promise<void> {
  try {
    await client.call({ method: 'GET', path: `/images/${image}/json`, signal });
  } catch (error) {
    if (!isClusterError(error, 'NotFound')) throw error;
    await pull(client, image, signal);
  }
}

async function pull(client: EngineClient, image: string, signal: AbortSignal): Promise<void> {
  // A digest says which one it is, and has a colon of its own.
  const [, name = image, tag = 'latest'] = /^([^@]*?)(?::([\w.-]+))?$/.exec(image) ?? [];
  const query = image.includes('@') ? { fromImage: image } : { fromImage: name, tag };
  let failure: string | undefined;
  try {
    const answer = await client.stream({ method: 'POST', path: '/images/create', query, signal });
    for await (const { text } of lines(answer)) {
      failure ??= (JSON.parse(text || '{}') as { readonly error?: string }).error;
    }
    if (!answer.complete) throw new Error('the answer is not complete');
  } catch (error) {
    const lost = lostEngine(error, `pulling ${image}`, client.host);
    if (signal.aborted || lost.status === undefined) throw lost;
    failure = lost.status.message;
  }
  if (failure === undefined) return;
  throw engineError('ContainerNotReady', `the image ${image} is not there and cannot be pulled: ${failure}`, {
    remedy: `bring it there, \`docker pull ${image}\`, or name another with --image`,
  });
}
