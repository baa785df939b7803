import { IMAGES } from '../model/images';
import type { Build, ServiceSpec } from '../model/service-spec';
import { cacheMount, copy, env, execForm, run, writeDockerfile } from './dockerfile';
import { APP_DIRECTORY, expose, healthCheck, userAndDirectories, userLine } from './image-facts';

const VENV = '/opt/venv';

/**
 * Dockerfile of a Python application: dependencies of `requirements.txt` in a virtual environment,
 * built with a compiler that does not reach the image. The sources belong to root, so that the
 * process cannot change them; while the code is being worked on they are mounted over the same
 * image, so there is no target of its own for that.
 */
export function pythonDockerfile(spec: ServiceSpec, build: Build): string {
  return writeDockerfile(
    ['Build it by BuildKit, with the context ' + build.context],
    [
      {
        from: IMAGES.python,
        as: 'builder',
        remark: 'Dependencies: only this stage has a compiler.',
        lines: [
          run([
            'apt-get update',
            'apt-get install -y --no-install-recommends build-essential',
            'rm -rf /var/lib/apt/lists/*',
          ]),
          run([`python -m venv ${VENV}`]),
          env({ PATH: `${VENV}/bin:$PATH`, PIP_DISABLE_PIP_VERSION_CHECK: '1' }),
          `WORKDIR ${APP_DIRECTORY}`,
          '# A change of the sources leaves this layer as it is.',
          copy(['requirements.txt'], './'),
          run(['pip install -r requirements.txt'], [cacheMount('/root/.cache/pip')]),
        ],
      },
      {
        from: IMAGES.python,
        as: 'runtime',
        remark: 'What runs.',
        lines: [
          ...userAndDirectories(build),
          env({ PATH: `${VENV}/bin:$PATH`, PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1' }),
          `WORKDIR ${APP_DIRECTORY}`,
          copy([VENV], VENV, ['--from=builder']),
          copy(['.'], '.'),
          userLine(build),
          ...expose(build),
          healthCheck(spec, build, 'python'),
          `CMD ${execForm(build.command)}`,
        ],
      },
    ],
  );
}
