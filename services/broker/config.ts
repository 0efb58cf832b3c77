// The broker's settings are read by every service (where is it, how to log in), so they stand in the runtime.
export { brokerSection } from '#runtime/sections.ts';
