/**
 * Variables by which cdk8s changes what it writes, or where to. The same model gives the same bytes
 * whatever the environment, so `tars` does not listen to them.
 */
const STEERING = ['CDK8S_DISABLE_SORT', 'CDK8S_LEGACY_HASH', 'CDK8S_OUTDIR', 'CDK8S_RECORD_CONSTRUCT_METADATA'];

/**
 * Takes the variables out of an environment, before cdk8s reads them.
 * @returns the names of those that were set
 */
export function removeSteering(env: Record<string, string | undefined>): string[] {
  const found = STEERING.filter((name) => env[name] !== undefined);
  // Deleted and not set to undefined, which process.env would turn into a text.
  for (const name of found) Reflect.deleteProperty(env, name);
  return found;
}
