import { z } from 'zod';
import { flag, integer, optionalFlag, text, textOr } from './fields.ts';

const s3Schema = z.strictObject({
  ServerAddress: text('host of the S3 server'),
  AccessKey: text('access key'),
  SecretKey: text('secret key'),
  SessionToken: text('session token'),
  BucketName: text('bucket'),
  BucketLocation: text('region of the bucket'),
  Insecure: flag('plain HTTP'),
  AuthenticationType: text('access-key or iam'),
  ServerSideEncryption: text('S3, KMS or DSSE-KMS'),
  ServerSideEncryptionKeyID: text('key of the encryption'),
  DualStack: flag('IPv4 and IPv6 endpoints', true),
  PathStyle: optionalFlag('bucket in the path instead of the host name'),
  Accelerate: flag('transfer acceleration'),
  RoleARN: text('role to assume for transfers'),
  UploadRoleARN: text('role to assume for uploads'),
  AssumeRoleMaxConcurrency: integer('most role requests at a time', 5),
  DisableAssumeRoleCredentialsCaching: flag('ask for role credentials every time'),
});

const gcsSchema = z.strictObject({
  BucketName: text('bucket'),
  CredentialsFile: text('file with the credentials'),
  AccessID: text('service account'),
  PrivateKey: text('private key of the service account'),
  UniverseDomain: text('domain of the universe'),
});

const azureSchema = z.strictObject({
  AccountName: text('storage account'),
  AccountKey: text('key of the storage account'),
  ContainerName: text('container'),
  StorageDomain: textOr('blob.core.windows.net', 'domain of the storage'),
});

/** `[runners.cache]` and its tables, as written in the file. */
export const cacheSchema = z.strictObject({
  Type: text('s3, gcs or azure'),
  Path: text('prefix of every object'),
  Shared: flag('share the cache between runners'),
  MaxUploadedArchiveSize: integer('most bytes of an archive; 0: any size'),
  s3: s3Schema.prefault({}),
  gcs: gcsSchema.prefault({}),
  azure: azureSchema.prefault({}),
});

/** `[runners.cache]`, keys named as in the file. */
export type CacheConfig = z.output<typeof cacheSchema>;
