// A subscriber that does what Home Assistant does with discovery, as its documentation and sources have it: it reads discovery
// messages, subscribes for each entity to what they name, renders templates by Jinja, and keeps a state of each.

import type { MqttClient } from 'mqtt';
import type { Jinja } from '../../services/ingest/home-assistant/testing.ts';

type Component = {
  readonly platform: string;
  readonly name?: string;
  readonly unique_id?: string;
  readonly value_template?: string;
  readonly expire_after?: number;
  readonly unit_of_measurement?: string;
  readonly device_class?: string;
  readonly state_class?: string;
};
type Config = {
  readonly device: { readonly name: string; readonly model?: string };
  readonly state_topic?: string;
  readonly availability: readonly { readonly topic: string; readonly value_template: string }[];
  readonly components: Readonly<Record<string, Component>>;
};
type Entity = {
  component: Component;
  config: Config;
  state: string;
  /** When its state was last said, whatever it was. */
  renewedAt: number;
  isThere: boolean;
  /** Topics on which it has heard anything: what is retained is for those who have not. */
  readonly heard: Set<string>;
};
type Heard = { readonly topic: string; readonly payload: string; readonly retained: boolean };

export class HomeAssistant {
  /** By the id of the component; one that is removed is here no more. */
  readonly #entities = new Map<string, Entity>();
  readonly #configs = new Map<string, Config>();
  readonly #client: MqttClient;
  readonly #now: () => number;
  readonly #jinja: Jinja;
  #before: Promise<void> = Promise.resolve();
  /** What is wrong with what it was told. */
  readonly complaints: string[] = [];

  /** @param client one that does not resubscribe: each entity subscribes anew, and is sent what is retained */
  constructor(client: MqttClient, { jinja, now }: { readonly jinja: Jinja; readonly now: () => number }) {
    this.#client = client;
    this.#jinja = jinja;
    this.#now = now;
    client.on('message', (topic, bytes, { retain: retained }) => {
      const payload = bytes.toString();
      this.#before = this.#before
        .then(() => this.#take({ topic, payload, retained }))
        .catch((error: unknown) => void this.complaints.push(`${topic} ${payload}: ${String(error)}`));
    });
  }

  /** As it does when it starts. */
  async discover(prefix: string): Promise<void> {
    await this.#subscribe(`${prefix}/device/+/config`);
  }

  /** Names of devices and metrics that it shows. */
  get shown(): string[] {
    return [...this.#entities.values()]
      .map(({ config, component }) => `${config.device.name} ${component.name}`)
      .sort();
  }

  /** Its state, as a person sees it; undefined where there is no such entity. */
  state(device: string, metric: string): string | undefined {
    const entity = this.#entity(device, metric);
    if (entity === undefined) return undefined;
    const { expire_after: expiry } = entity.component;
    const isExpired = expiry !== undefined && this.#now() - entity.renewedAt >= expiry * 1_000;
    return isExpired || !entity.isThere ? 'unavailable' : entity.state;
  }

  component(device: string, metric: string): Component | undefined {
    return this.#entity(device, metric)?.component;
  }

  #entity(device: string, metric: string): Entity | undefined {
    return this.#entities
      .values()
      .find(({ config, component }) => config.device.name === device && component.name === metric);
  }

  async #take(message: Heard): Promise<void> {
    const { topic, payload, retained } = message;
    if (topic.endsWith('/config')) this.#takeConfig(topic, payload);
    for (const entity of this.#entities.values()) {
      const availability = entity.config.availability.find((each) => each.topic === topic);
      if ((entity.config.state_topic !== topic && availability === undefined) || (retained && entity.heard.has(topic)))
        continue;
      entity.heard.add(topic);
      if (availability === undefined) await this.#takeState(entity, payload);
      else entity.isThere = (await this.#render(availability.value_template, payload)) === 'online';
    }
  }

  async #render(template: string, payload: string): Promise<string> {
    const [text = ''] = await this.#jinja.render([[template, payload]]);
    return text;
  }

  #takeConfig(topic: string, payload: string): void {
    const before = Object.keys(this.#configs.get(topic)?.components ?? {});
    if (payload === '') {
      for (const id of before) this.#entities.delete(id);
      this.#configs.delete(topic);
      return;
    }
    const config = JSON.parse(payload) as Config;
    if (config.state_topic === undefined) return; // somebody else's, who has nothing to show
    this.#configs.set(topic, config);
    for (const id of before.filter((each) => this.#entities.has(each) && config.components[each] === undefined))
      this.complaints.push(`${id} is left out without having been removed`);
    for (const [id, component] of Object.entries(config.components)) this.#takeComponent(id, component, config);
  }

  #takeComponent(id: string, component: Component, config: Config): void {
    const known = this.#entities.get(id);
    if (Object.keys(component).length === 1) this.#entities.delete(id);
    else if (known !== undefined) Object.assign(known, { component, config });
    else if (component.unique_id === undefined) this.complaints.push(`${id} has no unique_id`);
    else {
      const fresh = { state: 'unknown', renewedAt: Number.NEGATIVE_INFINITY, isThere: false, heard: new Set<string>() };
      this.#entities.set(id, { ...fresh, component, config });
      void this.#subscribe(config.state_topic ?? '');
      for (const { topic } of config.availability) void this.#subscribe(topic);
    }
  }

  /** https://www.home-assistant.io/integrations/sensor.mqtt/ and …/binary_sensor.mqtt/ */
  async #takeState(entity: Entity, payload: string): Promise<void> {
    const { component } = entity;
    entity.renewedAt = this.#now();
    const result = await this.#render(component.value_template ?? '', payload);
    const isNumeric = component.state_class !== undefined || component.unit_of_measurement !== undefined;
    if (result === 'None') entity.state = 'unknown';
    else if (component.platform === 'binary_sensor') {
      if (result === 'ON' || result === 'OFF') entity.state = result.toLowerCase();
      else if (result !== '') this.complaints.push(`${component.name} is neither on nor off: ${result}`);
    } else if (!isNumeric) entity.state = result;
    else if (result !== '') {
      if (Number.isNaN(Number(result))) this.complaints.push(`${component.name} is no number: ${result}`);
      entity.state = result;
    }
  }

  async #subscribe(filter: string): Promise<void> {
    const [granted] = await this.#client.subscribeAsync(filter, { qos: 1 });
    if (granted === undefined || granted.qos > 2) this.complaints.push(`may not read ${filter}`);
  }
}
