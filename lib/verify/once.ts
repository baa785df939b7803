/**
 * A pure function of something that never changes, carried out once for each thing it is asked about. So
 * several proofs that ask for the pods, the policies or the indexes of one output share them; they are
 * forgotten with it.
 * @param make has to depend on its argument alone, which nobody may change afterwards
 */
export function once<Key extends object, Made>(make: (key: Key) => Made): (key: Key) => Made {
  const made = new WeakMap<Key, { readonly value: Made }>();
  return (key) => {
    let found = made.get(key);
    if (found === undefined) made.set(key, (found = { value: make(key) }));
    return found.value;
  };
}
