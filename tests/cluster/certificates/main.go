// Makes a certificate for 127.0.0.1 in a folder, with the authority that is there or a new one.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io/fs"
	"log"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func template(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: must(rand.Int(rand.Reader, big.NewInt(1<<62))),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
	}
}

// write replaces a file at once.
func write(path, kind string, bytes []byte) {
	text := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes})
	must(0, os.WriteFile(path+".new", text, 0o600))
	must(0, os.Rename(path+".new", path))
}

func read(path string) []byte {
	block, _ := pem.Decode(must(os.ReadFile(path)))
	return block.Bytes
}

func main() {
	log.SetFlags(0)
	folder := os.Args[1]
	path := func(name string) string { return filepath.Join(folder, name) }
	if _, err := os.Stat(path("ca.key")); errors.Is(err, fs.ErrNotExist) {
		key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
		ca := template("authority")
		ca.IsCA, ca.BasicConstraintsValid, ca.KeyUsage = true, true, x509.KeyUsageCertSign
		write(path("ca.key"), "PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(key)))
		write(path("ca.crt"), "CERTIFICATE", must(x509.CreateCertificate(rand.Reader, ca, ca, &key.PublicKey, key)))
	}
	authority := must(x509.ParseCertificate(read(path("ca.crt"))))
	signer := must(x509.ParsePKCS8PrivateKey(read(path("ca.key"))))
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	own := template("webhook")
	own.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	own.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	certificate := must(x509.CreateCertificate(rand.Reader, own, authority, &key.PublicKey, signer))
	write(path("tls.key"), "PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(key)))
	write(path("tls.crt"), "CERTIFICATE", certificate)
}
