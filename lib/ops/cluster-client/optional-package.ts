import { ClusterError } from './cluster-error';

/** Loads a package that only operations need. @throws ClusterError ClientMissing with the command that installs it */
export async function optionalPackage<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw new ClusterError('ClientMissing', `the package ${name} is not installed, or does not load on this Node`, {
      cause,
      remedy: 'npm install --save-dev --save-exact @kubernetes/client-node@1.4.0',
    });
  }
}
