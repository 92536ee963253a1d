/** Words about how one is shown. */

/** The section of settings. */
export const PROFILE = {
  picture: 'Picture',
  choose: 'Choose a picture',
  change: 'Change picture',
  remove: 'Remove picture',
  tooBig: 'This picture cannot be made small enough. Choose another one.',
  noPicture: 'This is not a picture that can be shown here. Choose a PNG or JPEG.',
  colour: 'Colour',
  colourOf: (number: number): string => `Colour ${String(number)}`,
  about: 'A few words about you',
  aboutHint: 'Shown with your name and picture to everyone you share a space with.',
  kept: 'Shown on all your devices and in all your spaces',
  failed: 'That could not be kept. Try again.',
} as const;
