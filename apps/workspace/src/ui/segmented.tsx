/** A choice of one among a few that are all in view. Arrows move, selection follows. */
import { RadioGroup } from 'radix-ui';
import type { ReactElement } from 'react';
import { Icon, type IconName } from './icon.tsx';

/** One part of a {@link Segmented}. */
export interface Segment<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly icon?: IconName;
}

/** A segmented control. */
export function Segmented<T extends string>(props: {
  readonly label: string;
  readonly value: T;
  readonly parts: readonly Segment<T>[];
  readonly onChange: (value: T) => void;
}): ReactElement {
  return (
    <RadioGroup.Root
      className="segments"
      aria-label={props.label}
      orientation="horizontal"
      value={props.value}
      onValueChange={(value) => props.onChange(value as T)}
    >
      {props.parts.map((part) => (
        <RadioGroup.Item key={part.value} value={part.value}>
          {part.icon === undefined ? null : <Icon name={part.icon} />}
          {part.label}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
