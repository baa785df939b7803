/** The parts of an image reference that versions are compared by. */
export interface ImageReference {
  /** Registry and path, without tag and digest. */
  readonly repository: string;
  /** Last part of the repository: `postgres` of `docker.io/library/postgres`. */
  readonly name: string;
  readonly tag: string;
}

/** `ghcr.io/acme/web:1.2@sha256:…` → its parts; undefined without a tag. */
export function parseImage(reference: string): ImageReference | undefined {
  const [plain = ''] = reference.split('@');
  const match = /^(.+?):([\w][\w.-]*)$/.exec(plain);
  const [, repository = '', tag = ''] = match ?? [];
  if (match === null || tag.includes('/')) return undefined;
  return { repository, name: repository.slice(repository.lastIndexOf('/') + 1), tag };
}

/** The numbers that a tag starts with: `v3.7.2` → [3, 7, 2], `15-alpine` → [15]; undefined where there are none. */
export function versionOf(tag: string): readonly number[] | undefined {
  const match = /^(?:v|pg)?(\d+(?:\.\d+){0,3})(?![\da-f]*[a-f][\da-f]*$)/i.exec(tag);
  return match?.[1]?.split('.').map(Number);
}

/** Below 0: the first is older. Undefined: no order can be told. */
export function compareTags(before: string, after: string): number | undefined {
  const [a, b] = [versionOf(before), versionOf(after)];
  if (a === undefined || b === undefined) return undefined;
  // `15` moves within 15.x, so it is neither older nor newer than `15.4`.
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Images whose major version is the version of their data on disk. */
const POSTGRES = /^(postgres|postgresql|postgis|pgvector|timescaledb(-ha)?|spilo(-\d+)?)$/;

/** True for PostgreSQL and its relatives: another major version does not start on the data of this one. */
export function isPostgres({ name }: ImageReference): boolean {
  return POSTGRES.test(name);
}
