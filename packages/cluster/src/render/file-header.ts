/** The first line of every text file that takes comments with `#`: who finds the file on a host learns where it comes from. */
export const fileHeader =
  '# Written by `fleet cluster deploy` from cluster.yml. Changes made here are overwritten.'
