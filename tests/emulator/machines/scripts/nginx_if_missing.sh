#!/usr/bin/env bash
set -euo pipefail

# Install nginx if missing
if ! command -v nginx >/dev/null 2>&1; then
  yum update -y
  yum install -y nginx
  systemctl enable nginx
fi

mkdir -p /usr/share/nginx/html/{css,img}
printf 'body { color: %s; }\n' navy > /usr/share/nginx/html/css/site.css
cat > /usr/share/nginx/html/index.html <<-PAGE
	<h1>Build $(( 40 + 2 ))</h1>
	PAGE
systemctl restart nginx
