import { expect, test } from 'vitest';
import { fieldWords, isShownType, titleField, typeNoun, typePlural } from './type-words.ts';

test('a type is called by its last part, in plural where there are many', () => {
  expect(typeNoun('org.example.Package')).toBe('Package');
  expect(typePlural('org.example.Package')).toBe('Packages');
  expect(typePlural('Story')).toBe('Stories');
  expect(typePlural('Box')).toBe('Boxes');
  expect(typePlural('Day')).toBe('Days');
});

test('a field is read as words', () => {
  expect(fieldWords('installedSizeKiB')).toBe('Installed size');
  expect(fieldWords('due')).toBe('Due');
  expect(fieldWords('home_page')).toBe('Home page');
});

test('types of the engine are not shown', () => {
  expect(isShownType('org.atoll.space.Properties')).toBe(false);
  expect(isShownType('Task')).toBe(true);
});

test('an object is named by its title, its name or its first text', () => {
  const text = { kind: 'string' } as const;
  expect(titleField({ name: 'A', fields: { name: text, title: text } })).toBe('title');
  expect(titleField({ name: 'A', fields: { size: { kind: 'number' }, city: text } })).toBe('city');
});
