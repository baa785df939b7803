import { textOf } from '../read';
import { interpolateCompose } from './decoding';
import type { Axis } from './difference';
import { fact } from './difference';
import { containerPath, servicePath } from './pairs';

/** The image, its tag included. */
export const image: Axis = {
  name: 'image',
  kubernetes: (pair) => {
    const value = textOf(pair.container.container['image']) ?? '';
    return new Map([['image', fact(value, () => containerPath(pair, 'image'))]]);
  },
  compose: (pair) => {
    const value = interpolateCompose(textOf(pair.service['image']) ?? '');
    return new Map([['image', fact(value, () => servicePath(pair, 'image'))]]);
  },
};
