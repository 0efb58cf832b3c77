import { describe, expect, test } from 'vitest';
import { type Addressee, type Reason, reasonSentence } from './mqtt-reason.ts';

const NAMED: Addressee = { clientId: 'penstock-ingest-in', username: 'ingest' };
const NAMELESS: Addressee = { clientId: 'penstock-ingest-in' };

describe('reasonSentence() says what is wrong, and the way out', () => {
  test.each<[reason: Reason, to: Addressee, sentence: string]>([
    [
      { packet: 'CONNACK', code: 5, isOld: true },
      NAMED,
      "no: not authorized (CONNACK 5); let user 'ingest' in at the broker, or set PENSTOCK_BROKER_USERNAME and PENSTOCK_BROKER_PASSWORD to another",
    ],
    [
      { packet: 'CONNACK', code: 135 },
      NAMELESS,
      'no: not authorized (CONNACK 135); set PENSTOCK_BROKER_USERNAME and PENSTOCK_BROKER_PASSWORD',
    ],
    [
      { packet: 'CONNACK', code: 4, isOld: true },
      NAMED,
      "no: the user name or the password is wrong (CONNACK 4); we came as user 'ingest': see PENSTOCK_BROKER_USERNAME and PENSTOCK_BROKER_PASSWORD",
    ],
    [
      { packet: 'CONNACK', code: 133 },
      NAMED,
      "no: it does not take our client id (CONNACK 133); we came as 'penstock-ingest-in'",
    ],
    [
      { packet: 'CONNACK', code: 157, serverReference: 'b2.example:8883' },
      NAMED,
      "no: the server has moved (CONNACK 157); set PENSTOCK_BROKER_URL to 'b2.example:8883'",
    ],
    [
      { packet: 'SUBACK', code: 135, reasonString: 'acl' },
      NAMED,
      "no: not authorized ('acl') (SUBACK 135); let user 'ingest' read it",
    ],
    [
      { packet: 'SUBACK', code: 128, isOld: true },
      NAMELESS,
      'no: it does not say why (SUBACK 128); let clients without a user name read it, where it is about rights',
    ],
    [{ packet: 'PUBACK', code: 135 }, NAMED, "no: not authorized (PUBACK 135); let user 'ingest' write there"],
    [
      { packet: 'DISCONNECT', code: 142 },
      NAMED,
      "no: another client has taken over our session (DISCONNECT 142); it came as 'penstock-ingest-in' too: is a second Penstock at this broker, or do replicas share a name (PENSTOCK_INGEST_REPLICA)?",
    ],
    [{ packet: 'CONNACK', code: 250 }, NAMED, 'no: it does not say why (CONNACK 250)'],
    [
      { packet: 'DISCONNECT', code: 152, reasonString: 'first\u001b[2Jsecond\n' },
      NAMED,
      "no: somebody who administers it has ended it ('first [2Jsecond') (DISCONNECT 152)",
    ],
  ])('%o', (reason, to, sentence) => {
    expect(reasonSentence('no', reason, to)).toBe(sentence);
  });

  test('every reason code of MQTT 5 that is an error has words of its own', () => {
    const codes = Array.from({ length: 162 - 128 }, (_, i) => 129 + i).filter((code) => code !== 146); // of QoS 2
    for (const code of codes)
      expect(reasonSentence('no', { packet: 'CONNACK', code }, NAMED)).not.toContain('it does not say why');
  });
});
