/** One row: an image, what the sources say, and the winner as `source key user`; `-` where the pull is anonymous. */
export interface Row {
  readonly image: string;
  /** Keys of `auths` by source, highest first: each user is named `<source>:<key>`. */
  readonly job?: readonly string[];
  readonly runner?: readonly string[];
  readonly home?: readonly string[];
  readonly payload?: readonly string[];
  readonly winner: string;
}

const REG = 'registry.example.com';
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const HUB = 'https://index.docker.io/v1/';

const hub: readonly Row[] = [
  { image: 'nginx', job: [HUB], winner: `job ${HUB}` },
  { image: 'nginx', job: ['docker.io'], winner: 'job docker.io' },
  { image: 'nginx', job: ['index.docker.io'], winner: 'job index.docker.io' },
  { image: 'nginx', job: ['index.docker.io/v1/'], winner: 'job index.docker.io/v1/' },
  { image: 'nginx', job: ['index.docker.io/v1'], winner: 'job index.docker.io/v1' },
  { image: 'nginx', job: ['registry-1.docker.io'], winner: 'job registry-1.docker.io' },
  { image: 'nginx', job: ['https://registry-1.docker.io/v2/'], winner: 'job https://registry-1.docker.io/v2/' },
  { image: 'nginx', job: ['https://docker.io'], winner: 'job https://docker.io' },
  { image: 'nginx', job: ['Docker.IO'], winner: 'job Docker.IO' },
  { image: 'nginx:1.27', job: ['docker.io/library/nginx'], winner: 'job docker.io/library/nginx' },
  { image: 'nginx', job: ['docker.io/library'], winner: 'job docker.io/library' },
  { image: 'nginx', job: ['docker.io/nginx'], winner: 'job docker.io/nginx' },
  { image: 'library/nginx', job: ['docker.io/nginx'], winner: 'job docker.io/nginx' },
  { image: 'docker.io/nginx', job: ['docker.io/library/nginx'], winner: 'job docker.io/library/nginx' },
  { image: 'index.docker.io/library/nginx', job: [HUB], winner: `job ${HUB}` },
  { image: 'registry-1.docker.io/library/nginx', job: ['docker.io'], winner: 'job docker.io' },
  { image: 'docker.io/team/app', job: ['docker.io/team', HUB], winner: 'job docker.io/team' },
  { image: 'team/app:1', job: [HUB], payload: ['docker.io/team'], winner: 'payload docker.io/team' },
  { image: 'team/app', job: ['docker.io/library'], winner: '-' },
  { image: 'team/app', job: ['team'], winner: '-' },
  { image: 'team/app', job: ['hub.docker.com'], winner: '-' },
  { image: 'registry.hub.docker.com/library/nginx', job: [HUB], winner: '-' },
  { image: 'nginx', job: [REG], winner: '-' },
  { image: `nginx@${DIGEST}`, job: ['docker.io/library/nginx'], winner: 'job docker.io/library/nginx' },
];

const paths: readonly Row[] = [
  { image: `${REG}/group/app`, job: [REG], winner: `job ${REG}` },
  { image: `${REG}/group/app:1`, job: [`${REG}/`], winner: `job ${REG}/` },
  { image: `${REG}/group/app`, job: [REG, `${REG}/group`], winner: `job ${REG}/group` },
  { image: `${REG}/group/app`, job: [`${REG}/group/app`, `${REG}/group`], winner: `job ${REG}/group/app` },
  { image: `${REG}/group/sub/app`, job: [`${REG}/group`, `${REG}/group/sub`, REG], winner: `job ${REG}/group/sub` },
  { image: `${REG}/group/app`, job: [`${REG}/gro`], winner: '-' },
  { image: `${REG}/group/app`, job: [`${REG}/group/app2`], winner: '-' },
  { image: `${REG}/group/app`, job: [`${REG}/Group`], winner: '-' },
  { image: `${REG}/group/app`, job: [`${REG}/other`, REG], winner: `job ${REG}` },
  { image: `${REG}/group/app`, job: [`https://${REG}/group`], winner: `job https://${REG}/group` },
  { image: `${REG}/other/app`, job: [`https://${REG}/group`], winner: '-' },
  { image: `${REG}/group/app`, job: [`http://${REG}/group/`], winner: `job http://${REG}/group/` },
  { image: `${REG}/group/app`, job: [`https://${REG}/v2/`], winner: `job https://${REG}/v2/` },
  { image: `${REG}/group/app`, job: [`https://${REG}/v1/`], winner: `job https://${REG}/v1/` },
  { image: `${REG}/group/app`, job: [`HTTPS://${REG}`], winner: `job HTTPS://${REG}` },
  { image: `${REG}/v2/app`, job: [REG, `${REG}/v2`], winner: `job ${REG}/v2` },
  { image: `${REG}/group/app`, job: [`${REG}/group/app:1`], winner: `job ${REG}/group/app:1` },
  { image: `${REG}/group/app@${DIGEST}`, job: [`${REG}/group/app`], winner: `job ${REG}/group/app` },
  { image: `${REG}/group/app:1@${DIGEST}`, job: [`${REG}/group/app`], winner: `job ${REG}/group/app` },
  { image: `${REG}/app@${DIGEST}`, job: [REG], winner: `job ${REG}` },
];

const hosts: readonly Row[] = [
  { image: `${REG}:5000/app`, job: [REG], winner: '-' },
  { image: `${REG}/app`, job: [`${REG}:5000`], winner: '-' },
  { image: `${REG}:5000/app:1`, job: [`${REG}:5000`], winner: `job ${REG}:5000` },
  { image: `${REG}:5000/app`, job: [`https://${REG}:5000`], winner: `job https://${REG}:5000` },
  { image: `${REG}:5000/app`, job: [`${REG}:5001`, `${REG}:500`], winner: '-' },
  { image: `${REG}/app`, job: [`${REG}:443`], winner: `job ${REG}:443` },
  { image: `${REG}:443/app`, job: [REG], winner: `job ${REG}` },
  { image: `${REG}:443/group/app`, job: [`https://${REG}/group`], winner: `job https://${REG}/group` },
  { image: `${REG}:80/app`, job: [REG], winner: '-' },
  { image: `${REG}/app`, job: [`http://${REG}:80`], winner: '-' },
  { image: 'Registry.Example.COM/app', job: [REG], winner: `job ${REG}` },
  { image: `${REG}/app`, job: ['REGISTRY.example.com'], winner: 'job REGISTRY.example.com' },
  { image: `sub.${REG}/app`, job: [REG], winner: '-' },
  { image: `${REG}.evil.org/app`, job: [REG], winner: '-' },
  { image: `${REG}/app`, job: [`https://${REG}@evil.org`], winner: '-' },
  { image: 'localhost/app', job: ['localhost'], winner: 'job localhost' },
  { image: 'localhost:5000/app', job: ['localhost:5000'], winner: 'job localhost:5000' },
  { image: 'localhost:5000/app', job: ['localhost'], winner: '-' },
  { image: '127.0.0.1:5000/app:1', job: ['127.0.0.1:5000'], winner: 'job 127.0.0.1:5000' },
  { image: '[::1]:5000/app', job: ['[::1]:5000'], winner: 'job [::1]:5000' },
  { image: '[2001:DB8::1]/group/app:1', job: ['https://[2001:db8::1]'], winner: 'job https://[2001:db8::1]' },
  { image: '[::1]:5000/app', job: ['[::1]'], winner: '-' },
];

const precedence: readonly Row[] = [
  { image: `${REG}/g/app`, job: [REG], runner: [REG], home: [REG], payload: [REG], winner: `job ${REG}` },
  { image: `${REG}/g/app`, runner: [REG], home: [REG], payload: [REG], winner: `runner ${REG}` },
  { image: `${REG}/g/app`, home: [REG], payload: [REG], winner: `home ${REG}` },
  { image: `${REG}/g/app`, payload: [REG], winner: `payload ${REG}` },
  { image: `${REG}/g/app`, payload: [`https://${REG}`], winner: `payload https://${REG}` },
  { image: `${REG}/g/app`, job: ['other.example.com'], payload: [REG], winner: `payload ${REG}` },
  { image: `${REG}/g/app`, job: ['other.example.com'], runner: [REG], payload: [REG], winner: `runner ${REG}` },
  { image: `${REG}/g/app`, job: [REG], payload: [`${REG}/g`], winner: `payload ${REG}/g` },
  { image: `${REG}/g/app`, job: [REG], home: [`${REG}/g`], payload: [`${REG}/g/app`], winner: `payload ${REG}/g/app` },
  { image: `${REG}/g/app`, job: [`https://${REG}:443/g/`], payload: [`${REG}/g`], winner: `job https://${REG}:443/g/` },
  { image: `${REG}/g/app`, home: [`${REG}/h`], payload: [REG], winner: `payload ${REG}` },
  { image: 'nginx', runner: ['registry-1.docker.io'], payload: [HUB], winner: 'runner registry-1.docker.io' },
  { image: 'nginx', job: [HUB], home: ['docker.io/nginx'], winner: 'home docker.io/nginx' },
  { image: `${REG}/g/app`, job: ['*.example.com'], winner: '-' },
  { image: `${REG}/g/app`, winner: '-' },
];

export const rows: readonly Row[] = [...hub, ...paths, ...hosts, ...precedence];
