import type { Issue } from '../model/issues';
import { TarsError } from '../model/issues';
import { readYaml } from '../synth/yaml-documents';
import type { EmittedCompose, EmittedObject, EmittedSet, Json } from '../verify/emitted';
import { isObject, listOf, textOf } from '../verify/read';

/** One file of a release, as text. */
export interface ReleaseFile {
  /** Relative to the project, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** The files of a release, by what they are. */
export interface ReleaseFiles {
  readonly manifests: readonly ReleaseFile[];
  /** Undefined: there is nothing to compare compose files with. */
  readonly compose: readonly ReleaseFile[] | undefined;
}

/** A manifest of values that are never committed. */
export const SECRET_MANIFEST = /\.secrets\.[\w.]+$/;
/** What `kubectl apply -f` reads of a directory. */
export const MANIFEST = /\.(ya?ml|json)$/;
const COMPOSE = /(^|\/)docker-compose\.yml$/;

/**
 * Reads a release back from its texts.
 * @throws TarsError with TARS6705 for each file that is no YAML
 */
export function readRelease(files: ReleaseFiles, like: EmittedSet): EmittedSet {
  const issues: Issue[] = [];
  const manifests = files.manifests.flatMap((file) => objectsOf(file, issues));
  const compose = files.compose === undefined ? like.compose : composeFiles(files.compose, like.compose, issues);
  if (issues.length > 0) throw new TarsError(issues);
  return { kubernetesVersion: like.kubernetesVersion, manifests, compose };
}

function composeFiles(
  files: readonly ReleaseFile[],
  like: readonly EmittedCompose[],
  issues: Issue[],
): EmittedCompose[] {
  return files
    .filter(({ path }) => COMPOSE.test(path))
    .map((main): EmittedCompose => {
      const directory = main.path.replace(/[^/]*$/, '');
      const known = like.find(({ file }) => file === main.path);
      const mounted = files
        .filter(({ path }) => path.startsWith(directory) && path !== main.path)
        .map(({ path, text }): [string, string] => [path.slice(directory.length), text])
        // What lies beside the file but is mounted by nobody (.env.example, compose.dev.yml) is not part of it.
        .filter(([path]) => path.includes('/'));
      const [content] = parse(main, issues, '1.2');
      return {
        file: main.path,
        system: known?.system ?? '',
        compose: isObject(content) ? content : {},
        files: Object.fromEntries(mounted),
      };
    });
}

/** The objects of one file, lists of kubectl taken apart. */
function objectsOf(file: ReleaseFile, issues: Issue[]): EmittedObject[] {
  return parse(file, issues, '1.1').flatMap((content, document): EmittedObject[] => {
    if (!isObject(content)) return [];
    const isListOf = textOf(content['kind'])?.endsWith('List') === true && content['items'] !== undefined;
    const objects = isListOf ? listOf(content['items']).filter(isObject) : [content];
    return objects.map((object) => ({ file: file.path, document, object }));
  });
}

function parse({ path, text }: ReleaseFile, issues: Issue[], version: '1.1' | '1.2'): Json[] {
  const { documents, issues: broken } = readYaml(path, text, version);
  issues.push(...broken);
  return documents.map(({ value }) => value);
}
