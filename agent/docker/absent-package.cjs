// Stands in for packages that dockerode loads at import but that this agent never uses (see skip-unused-packages.ts).
module.exports = {};
