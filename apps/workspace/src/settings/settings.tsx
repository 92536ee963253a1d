/** Settings: you, look, data, network, keyboard. Everything takes effect at once. */
import { useClient, useNetwork } from '@atoll/react';
import { Switch } from 'radix-ui';
import { useId, useState, type ReactElement, type ReactNode } from 'react';
import { PlaceLink, useNavigation } from '../app/navigation.tsx';
import { changeOwnSettings, useOwnSettings } from '../app/own-settings.ts';
import { ATTESTATIONS } from '../copy/attestations.ts';
import { CONNECTION } from '../copy/connection.ts';
import { CONTACTS } from '../copy/contacts.ts';
import { LOCK } from '../copy/lock.ts';
import { PASSKEYS } from '../copy/passkeys.ts';
import { RECOVERY } from '../copy/recovery.ts';
import { FRAME, SETTINGS } from '../copy/workspace.ts';
import { AttestationsSection } from '../people/own-attestations.tsx';
import { ContactsSection } from '../people/contacts.tsx';
import { Bar } from '../shell/bar.tsx';
import { WordsNotice } from '../shell/words-notice.tsx';
import type { WordsState } from '../shell/workspace.tsx';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Icon } from '../ui/icon.tsx';
import { Ring } from '../ui/ring.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { DataSection } from './data-section.tsx';
import { LeftSection } from './left-section.tsx';
import { LockSection } from './lock-section.tsx';
import { PasskeySection } from './passkey-section.tsx';
import { ProfileSection } from './profile-section.tsx';
import { RecoverySection } from './recovery-section.tsx';
import { WordsReminder } from './words-reminder.tsx';

const THEMES = [
  { value: 'system', label: SETTINGS.system },
  { value: 'light', label: SETTINGS.light },
  { value: 'dark', label: SETTINGS.dark },
] as const;

/** The page of settings. */
export function Settings(props: WordsState & { readonly withDevicesLink?: boolean }): ReactElement {
  const settings = useOwnSettings();
  const { lay } = useNavigation();
  return (
    <>
      <Bar title={props.withDevicesLink === true ? FRAME.tabYou : FRAME.settings} />
      <div className="scroll">
        <div className="column">
          <WordsNotice />
          <WordsReminder {...props} />
          <h2>{SETTINGS.you}</h2>
          <ProfileSection />
          {props.withDevicesLink === true ? (
            <div className="rows" style={{ marginTop: 'var(--s4)' }}>
              <PlaceLink to={{ at: 'devices' }}>
                <Icon name="laptop" />
                <span className="grow">{FRAME.devices}</span>
                <Icon name="right" />
              </PlaceLink>
            </div>
          ) : null}
          <h2>{CONTACTS.heading}</h2>
          <ContactsSection />
          <h2>{ATTESTATIONS.heading}</h2>
          <AttestationsSection />
          <h2>{SETTINGS.look}</h2>
          <div className="rows">
            <div>
              <span className="grow">{SETTINGS.theme}</span>
              <Segmented
                label={SETTINGS.theme}
                value={settings.theme}
                parts={THEMES}
                onChange={(theme) => changeOwnSettings({ theme })}
              />
            </div>
          </div>
          <h2>{SETTINGS.network}</h2>
          <NetworkSection />
          <h2>{RECOVERY.heading}</h2>
          <RecoverySection />
          <h2>{LOCK.heading}</h2>
          <LockSection />
          <h2>{PASSKEYS.heading}</h2>
          <PasskeySection />
          <LeftSection />
          <h2>{SETTINGS.data}</h2>
          <DataSection />
          <h2>{SETTINGS.keyboard}</h2>
          <div className="rows">
            <SwitchRow
              label={SETTINGS.letters}
              hint={SETTINGS.lettersHint}
              on={settings.letterKeys}
              onChange={(letterKeys) => changeOwnSettings({ letterKeys })}
            />
            <div>
              <span className="grow">{FRAME.keys}</span>
              <Button icon="keyboard" onClick={() => lay('keys')}>
                {FRAME.keys}
              </Button>
            </div>
          </div>
        </div>
      </div>
    </>
  );
}

function NetworkSection(): ReactElement {
  const { network } = useClient();
  const { kubes, online } = useNetwork();
  return (
    <>
      <div className="rows">
        {kubes.length === 0 ? <div className="ink-2">{SETTINGS.noServer}</div> : null}
        {kubes.map((kube) => (
          <div key={kube.url}>
            <Icon name="cloud" />
            <div className="grow">
              <div className="cut">{kube.url}</div>
              <div className="meta">{SETTINGS.serverHint}</div>
            </div>
            <span className="line meta">
              <Ring how={kube.connected ? 'direct' : 'offline'} />
              {kube.connected ? SETTINGS.connected : SETTINGS.notConnected}
            </span>
          </div>
        ))}
        <SwitchRow
          label={CONNECTION.workOffline}
          hint={SETTINGS.workOfflineHint}
          on={!online}
          onChange={(offline) => network.setOnline(!offline)}
        />
      </div>
      <AddServer />
    </>
  );
}

function AddServer(): ReactElement {
  const { network } = useClient();
  const settings = useOwnSettings();
  const [address, setAddress] = useState('');
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const add = (): void => {
    const url = URL.canParse(address.trim()) ? new URL(address.trim()) : undefined;
    if (url === undefined || !/^https?:$/u.test(url.protocol)) {
      setProblem(SETTINGS.badAddress);
      return;
    }
    network.addKube(url.origin);
    changeOwnSettings({ kubes: [...new Set([...settings.kubes, url.origin])] });
    setAddress('');
  };
  return (
    <form
      className="line"
      style={{ marginTop: 'var(--s4)', alignItems: 'end' }}
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <div className="grow">
        <Field
          label={SETTINGS.address}
          inputMode="url"
          value={address}
          problem={problem}
          onChange={(event) => {
            setAddress(event.target.value);
            setProblem(undefined);
          }}
        />
      </div>
      <Button type="submit">{SETTINGS.add}</Button>
    </form>
  );
}

/** A row with a switch. */
export function SwitchRow(props: {
  readonly label: string;
  readonly hint: string;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
}): ReactNode {
  const id = useId();
  return (
    <div>
      <div className="grow">
        <label htmlFor={id}>{props.label}</label>
        <div className="meta">{props.hint}</div>
      </div>
      <Switch.Root id={id} className="switch" checked={props.on} onCheckedChange={props.onChange}>
        <Switch.Thumb asChild>
          <span />
        </Switch.Thumb>
      </Switch.Root>
    </div>
  );
}
