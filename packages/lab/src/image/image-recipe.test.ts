import { allPackages } from '@fleet/cluster'
import { expect, test } from 'vitest'
import { createImageRecipe, imageKey } from './image-recipe.ts'

const recipe = createImageRecipe('amd64')

test('the image has every package that deploy may ask for', () => {
  expect(recipe.packages).toEqual(allPackages(17))
  expect(recipe.packages).toEqual(expect.arrayContaining(['patroni', 'etcd-server', 'haproxy', 'pgbackrest']))
})

test('another recipe is another image, the same one is the same', () => {
  expect(imageKey(createImageRecipe('amd64'))).toBe(imageKey(recipe))
  expect(imageKey(createImageRecipe('arm64'))).not.toBe(imageKey(recipe))
  expect(imageKey({ ...recipe, packages: [...recipe.packages, 'vim'] })).not.toBe(imageKey(recipe))
  expect(imageKey({ ...recipe, finish: `${recipe.finish}true\n` })).not.toBe(imageKey(recipe))
})
