import type { YamlDocument } from '../synth/yaml-documents';
import { readYaml } from '../synth/yaml-documents';
import type { EmittedSet } from '../verify/emitted';
import { objectName } from '../verify/object-path';

/** Where an issue is, in a file that an editor can open. */
export interface Location {
  /** Path from the project's root, with slashes. */
  readonly file: string;
  /** Line, from 1. */
  readonly line: number;
}

/** Finds the lines that the paths of issues are about: in the files that were proved, else in the main file. */
export class IssueLocator {
  private readonly parsed = new Map<string, readonly YamlDocument[]>();

  public constructor(
    private readonly emitted: EmittedSet,
    private readonly texts: ReadonlyMap<string, string>,
    private readonly mainFile: string,
  ) {}

  public locate(path: string): Location {
    const place = /^([^\s:]+\.[a-z]+):(\d+)/.exec(path);
    if (place !== null) return { file: place[1] ?? '', line: Number(place[2]) };
    return this.inManifests(path) ?? this.inCompose(path) ?? this.ofFile(path) ?? { file: this.mainFile, line: 1 };
  }

  private inManifests(path: string): Location | undefined {
    const found = this.emitted.manifests
      .filter(({ object }) => startsWith(path, objectName(object)))
      .sort((a, b) => objectName(b.object).length - objectName(a.object).length)[0];
    if (found === undefined) return undefined;
    const document = this.documents(found.file, '1.1')[found.document];
    return { file: found.file, line: document?.lineOf(keysOf(path.slice(objectName(found.object).length))) ?? 1 };
  }

  private inCompose(path: string): Location | undefined {
    const found = this.emitted.compose.find(({ file }) => path === file || path.startsWith(`${file} `));
    if (found === undefined) return undefined;
    const [document] = this.documents(found.file, '1.2');
    return { file: found.file, line: document?.lineOf(keysOf(`.${path.slice(found.file.length + 1)}`)) ?? 1 };
  }

  private ofFile(path: string): Location | undefined {
    const file = path.split(' ')[0] ?? '';
    return this.texts.has(file) ? { file, line: 1 } : undefined;
  }

  private documents(file: string, version: '1.1' | '1.2'): readonly YamlDocument[] {
    let documents = this.parsed.get(file);
    if (documents === undefined) {
      documents = readYaml(file, this.texts.get(file) ?? '', version).documents;
      this.parsed.set(file, documents);
    }
    return documents;
  }
}

function startsWith(path: string, name: string): boolean {
  return path.startsWith(name) && /^($|[.[ ])/.test(path.slice(name.length));
}

/** The keys of a path as issues write it: `.spec.ports[0]["a.b"]`; what is no path ends it. */
function keysOf(path: string): (string | number)[] {
  const keys: (string | number)[] = [];
  const step = /\.([A-Za-z_][\w-]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;
  for (let match = step.exec(path); match !== null; match = step.exec(path)) {
    const [, word, index, quoted] = match;
    keys.push(word ?? (index === undefined ? (JSON.parse(quoted ?? '""') as string) : Number(index)));
  }
  return keys;
}
