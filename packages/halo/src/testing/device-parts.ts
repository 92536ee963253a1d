/** Decisions about devices, for the models that they are compared with. */
export { decideStandings, type DeviceVoice } from '../devices/device-standings.ts';
