import { basename, dirname, posix } from 'node:path';
import type { Issue } from '../model/issues';
import type { EmittedCompose, EmittedObject, EmittedSet, Json, JsonObject } from '../verify/emitted';
import { objectName } from '../verify/object-path';
import type { Layout } from './layout';
import type { ReadingFileSystem } from './read-text';
import { readOutputText } from './read-text';
import { readYaml } from './yaml-documents';

/** What stands on the disk, and what could not be read of it. */
export interface ReadOutput {
  readonly emitted: EmittedSet;
  readonly issues: readonly Issue[];
  /** The text of every file that was read, by its path. */
  readonly texts: ReadonlyMap<string, string>;
}

/** What kubectl takes of a directory. */
const MANIFEST = /\.(ya?ml|json)$/;
/** Values of secrets are nobody's business, and are not looked at. */
const SECRETS = /\.secrets\.k8s\.ya?ml$/;

/**
 * Reads what earlier runs wrote, and whatever else `kubectl apply -f` would find beside it.
 * @param layout where that is
 * @param planned what a run would write now: it says which compose files there are
 */
export function readEmitted(
  fs: ReadingFileSystem,
  { root, manifests }: Pick<Layout, 'root' | 'manifests'>,
  planned: EmittedSet,
): ReadOutput {
  const issues: Issue[] = [];
  const texts = new Map<string, string>();
  const read = (path: string): string | undefined => {
    const result = readOutputText(fs, root, path);
    if ('issue' in result) {
      issues.push(result.issue);
      return undefined;
    }
    texts.set(path, result.text);
    return result.text;
  };
  const objects = manifestsIn(fs, root, manifests, issues).flatMap((path) => {
    const text = read(path);
    return text === undefined ? [] : readManifests(path, text, issues);
  });
  const compose = planned.compose.flatMap(({ file, system }): EmittedCompose[] => {
    const text = read(file);
    if (text === undefined) return [];
    const { documents, issues: broken } = readYaml(file, text, '1.2');
    issues.push(...broken);
    const [first] = documents;
    if (first === undefined || !isObject(first.value) || !isObject(first.value['services'])) {
      if (broken.length === 0) issues.push(noCompose(file, first?.value ?? null));
      return [];
    }
    const files = mountedFiles(first.value, dirname(file)).flatMap((path): [string, string][] => {
      const content = read(path);
      return content === undefined ? [] : [[posix.relative(dirname(file), path), content]];
    });
    return [{ file, system, compose: first.value, files: Object.fromEntries(files) }];
  });
  const emitted = { kubernetesVersion: planned.kubernetesVersion, manifests: objects, compose };
  return { emitted, issues: [...issues, ...differences(planned.manifests, objects)], texts };
}

/** Files that `kubectl apply -f <directory>` would read, without those of secrets. */
function manifestsIn(fs: ReadingFileSystem, root: string, directory: string, issues: Issue[]): string[] {
  try {
    return fs
      .readdirSync(posix.join(root, directory))
      .filter((name) => MANIFEST.test(name) && !SECRETS.test(name))
      .sort()
      .map((name) => `${directory}/${name}`);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    issues.push({
      code: code === 'ENOENT' ? 'TARS6703' : 'TARS6704',
      severity: 'error',
      path: directory,
      message: code === 'ENOENT' ? 'the directory is not there' : `the directory cannot be read: ${message}`,
      remedy: code === 'ENOENT' ? 'run `tars synth`, which makes it' : 'put a directory there that you may read',
    });
    return [];
  }
}

/** The objects of a file, those of lists one by one, as kubectl takes them. */
function readManifests(file: string, text: string, issues: Issue[]): EmittedObject[] {
  const { documents, issues: broken } = readYaml(file, text, '1.1');
  issues.push(...broken);
  if (documents.length === 0 && broken.length === 0) {
    issues.push({
      code: 'TARS6707',
      severity: 'notice',
      path: file,
      message: 'the file holds no object',
      remedy: 'remove it, if nobody needs it',
    });
  }
  return documents.flatMap(({ value, line }, document) =>
    membersOf(value).flatMap((member): EmittedObject[] => {
      const missing = whatIsMissing(member);
      if (missing === undefined) return [{ file, document, object: member as JsonObject }];
      issues.push({
        code: 'TARS6706',
        severity: 'error',
        path: `${file}:${line}`,
        message: 'the document is no Kubernetes object',
        given: missing,
        allowed: 'a map with apiVersion, kind and metadata.name',
        remedy: 'move the file out of the directory, since `kubectl apply -f` reads all of it',
      });
      return [];
    }),
  );
}

function membersOf(value: Json): readonly Json[] {
  const isList = isObject(value) && typeof value['kind'] === 'string' && value['kind'].endsWith('List');
  const items = isList ? value['items'] : undefined;
  return Array.isArray(items) ? (items as readonly Json[]).flatMap(membersOf) : [value];
}

/** Why a document is no object; undefined: it is one. */
function whatIsMissing(value: Json): string | undefined {
  if (!isObject(value)) return kindOf(value);
  const { metadata } = value;
  const missing = [
    ...['apiVersion', 'kind'].filter((key) => typeof value[key] !== 'string' || value[key] === ''),
    ...(isObject(metadata) && typeof metadata['name'] === 'string' ? [] : ['metadata.name']),
  ];
  return missing.length === 0 ? undefined : `no ${missing.join(', no ')}`;
}

/** Files beside the compose file that its containers mount, by path from the root. */
function mountedFiles(compose: JsonObject, directory: string): string[] {
  const services = Object.values(isObject(compose['services']) ? compose['services'] : {});
  const mounts = services.flatMap((service) => {
    const list = isObject(service) ? service['volumes'] : undefined;
    return Array.isArray(list) ? (list as readonly Json[]) : [];
  });
  const sources = mounts.flatMap((mount) => {
    const source = isObject(mount) && mount['type'] === 'bind' ? mount['source'] : undefined;
    return typeof source === 'string' && source.startsWith('./') ? [posix.join(directory, source)] : [];
  });
  return [...new Set(sources)].sort();
}

/** What the directory has and the model does not make, and the other way round. */
function differences(planned: readonly EmittedObject[], found: readonly EmittedObject[]): Issue[] {
  const names = (objects: readonly EmittedObject[]): Set<string> => new Set(objects.map(identity));
  const [ours, theirs] = [names(planned), names(found)];
  const foreign = found.filter((one) => !ours.has(identity(one)));
  const missing = planned.filter((one) => !theirs.has(identity(one)));
  return [
    ...foreign.map(({ file, object }): Issue => ({
      code: 'TARS6708',
      severity: 'warning',
      path: objectName(object),
      message: `${basename(file)} has an object that main.ts does not make`,
      given: identity({ file, document: 0, object }),
      remedy: 'remove it, or make it in main.ts: `kubectl apply -f` would apply it as well',
    })),
    ...[...new Set(planned.map(({ file }) => file))].flatMap((file) => {
      const [all, gone] = [inFile(planned, file), inFile(missing, file)];
      const said = {
        code: 'TARS6709',
        severity: 'error',
        remedy: 'run `tars synth`, and commit what it writes',
      } as const;
      // A file that is not there is one mistake, and not one for each of its objects.
      if (gone.length > 1 && gone.length === all.length)
        return [{ ...said, path: file, message: `main.ts makes ${all.length} objects, and the file has none of them` }];
      return gone.map(({ object }): Issue => ({
        ...said,
        path: objectName(object),
        message: `main.ts makes this object, and ${file} does not have it`,
      }));
    }),
  ];
}

function inFile(objects: readonly EmittedObject[], file: string): readonly EmittedObject[] {
  return objects.filter((one) => one.file === file);
}

function identity({ object }: EmittedObject): string {
  const metadata = object['metadata'];
  const namespace = isObject(metadata) ? metadata['namespace'] : undefined;
  const apiVersion = object['apiVersion'];
  const group = typeof apiVersion === 'string' && apiVersion.includes('/') ? `${apiVersion.split('/')[0] ?? ''}/` : '';
  return `${group}${objectName(object)} in ${typeof namespace === 'string' ? namespace : '(no namespace)'}`;
}

/** What a document is, if it is no map. */
function kindOf(value: Json): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'string' ? 'a text' : `a ${typeof value}`;
}

function noCompose(file: string, value: Json): Issue {
  return {
    code: 'TARS6705',
    severity: 'error',
    path: file,
    message: 'the file is no compose file',
    given: isObject(value) ? 'a map without services' : kindOf(value),
    allowed: 'a map with services',
    remedy: 'run `tars synth`, which writes it anew',
  };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
