import { imageReference } from '../model/system-model';
import type { Rule } from './rule';

/** Images that the project builds and that no registry holds (decision D17). */
export const imagesReachNodes: Rule = {
  name: 'built images reach the nodes',
  check: (model) => {
    const built = model.services.filter((s) => s.image.kind === 'build').map((s) => imageReference(model.settings, s));
    if (built.length === 0 || model.settings.images.registry !== undefined) return [];
    return [
      {
        code: 'TARS3004',
        severity: 'warning',
        path: model.path === '' ? 'app' : model.path,
        message: `no registry holds ${[...new Set(built)].sort().join(' and ')}, so the nodes cannot pull them`,
        given: 'no images.registry',
        allowed: 'a registry, or images that are loaded into every node',
        remedy: 'set images.registry and run `tars images build` and `tars images push`, or run `tars images load`',
      },
    ];
  },
};
