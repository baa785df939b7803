import { TarsError } from '../model/issues';
import { inspect } from '../synth';
import type { EmittedSet } from '../verify/emitted';
import type { Io } from './io';
import { readRelease } from './read-release';
import { changesSecrets, planSecrets } from './secrets-plan';
import type { Target } from './targets';

/**
 * What a run would emit, in memory. Secrets are read where all of them are there, and never made.
 * @param withSecrets whether there is anything to compare Secrets with
 * @throws TarsError with the mistakes of the model
 */
export async function freshRelease(target: Target, io: Io, withSecrets: boolean): Promise<EmittedSet> {
  const plan = withSecrets ? await planSecrets(target, io) : undefined;
  const values = plan === undefined || changesSecrets(plan) ? {} : { values: plan.values };
  const { emitted, output, proofs } = inspect(target.app, { ...target.options, ...values, only: [] });
  const errors = proofs.flatMap(({ issues }) => issues).filter(({ severity }) => severity === 'error');
  if (errors.length > 0 || output === undefined) throw new TarsError(errors);
  const secrets = output.files.filter((file) => file.secret).map(({ path, content }) => ({ path, text: content }));
  const { manifests } = readRelease({ manifests: secrets, compose: [] }, emitted);
  return { ...emitted, manifests: [...emitted.manifests, ...manifests] };
}
