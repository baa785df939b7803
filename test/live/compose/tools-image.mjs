// @ts-check
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settings } from '../settings.mjs';
import { docker, tryDocker } from './docker.mjs';

const { IMAGES } = createRequire(import.meta.url)('cdk8s-tars');

/** What `tars debug` and `tars forward` take when nobody names another one. */
export const toolsImage = 'busybox:1.37.0';

/** The real busybox, of Debian, in the place of an image that no registry gives here. */
const recipe = `FROM ${IMAGES.redis} AS build
USER root
RUN apt-get update && apt-get install -y --no-install-recommends busybox-static \\
 && mkdir -p /out/bin /out/tmp && cp /bin/busybox /out/bin/busybox \\
 && for name in $(/bin/busybox --list); do [ "$name" = busybox ] || ln -s busybox "/out/bin/$name"; done
FROM scratch
COPY --from=build /out /
CMD ["sh"]
`;

/** Sees to it that the testbed's engine has the image; another one is left to pull it. */
export async function provideTools() {
  const { code } = await tryDocker(['image', 'inspect', toolsImage]);
  if (code === 0 || !settings.own) {
    return;
  }
  const context = mkdtempSync(join(tmpdir(), 'tars-tools-'));
  try {
    writeFileSync(join(context, 'Dockerfile'), recipe);
    await docker(['build', '--network=host', '--provenance=false', '--tag', toolsImage, context]);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}
