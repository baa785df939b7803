import { compareTags, isPostgres, parseImage, versionOf } from './images';
import type { Finding } from './release-change';

/** What is known of the place where an image stands. */
export interface ImagePlace {
  readonly path: string;
  /** True where the container writes to storage that outlives it. */
  readonly keepsData: boolean;
  /** Steps that move the data of a database. */
  readonly dump: readonly string[];
}

/** What a change of an image means; nothing for one that is newer, or not of the same repository. */
export function imageFindings(from: string, to: string, { path, keepsData: data, dump }: ImagePlace): Finding[] {
  const [old, now] = [parseImage(from), parseImage(to)];
  if (old === undefined || now === undefined || old.name !== now.name) return [];
  const [oldMajor, nowMajor] = [versionOf(old.tag)?.[0], versionOf(now.tag)?.[0]];
  const given = `${from} → ${to}`;
  if (isPostgres(now) && data && oldMajor !== undefined && nowMajor !== undefined && oldMajor !== nowMajor) {
    return [
      {
        code: 'TARS6604',
        severity: 'error',
        path,
        message: `PostgreSQL ${nowMajor} does not start on the data of PostgreSQL ${oldMajor}`,
        given,
        allowed: `version ${oldMajor} of the image`,
        remedy: 'dump with the old version and load with the new one, on a volume of its own',
        steps: dump,
      },
    ];
  }
  if ((compareTags(old.tag, now.tag) ?? 0) <= 0) return [];
  return [
    {
      code: 'TARS6605',
      severity: 'warning',
      path,
      message: data
        ? 'an older version than before, on data that the newer one may have changed'
        : 'an older version than before',
      given,
      allowed: 'the same version or a newer one',
      remedy: data
        ? 'make sure that the older version reads this data (its release notes say so), and have a backup'
        : 'if it is meant (a rollback), make sure that migrations of the newer version are still understood',
      steps: [],
    },
  ];
}
